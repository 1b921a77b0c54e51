extension PlanValidator {
    /// Something that others refer to: not empty.
    mutating func check(name: String, _ path: @autoclosure () -> String) {
        if name.isEmpty, !isPartial { fault(path(), "must not be empty") }
        check(text: name, path())
    }

    /// Control characters would end in mails, logs and the database.
    mutating func check(
        text: String?, _ path: @autoclosure () -> String, mayHaveLines: Bool = false
    ) {
        guard let text else { return }
        let limit = PlanLimits.nameScalars
        if text.utf8.count > limit, text.unicodeScalars.count > limit {
            fault(path(), "has \(text.unicodeScalars.count) characters, the limit is \(limit)")
        }
        var copy = text
        let hasControls = copy.withUTF8 { bytes in
            guard let base = bytes.baseAddress else { return false }
            var index = 0
            while index < bytes.count {
                let byte = base[index]
                if byte < 0x20 || byte == 0x7F {
                    guard mayHaveLines, byte == 0x0A || byte == 0x0D || byte == 0x09 else {
                        return true
                    }
                }
                index &+= 1
            }
            return false
        }
        if hasControls { fault(path(), "has a control character") }
    }

    mutating func check(color: String?, _ path: @autoclosure () -> String) {
        if let color, !PlanColor.isValid(color) {
            fault(path(), "\"\(color.prefix(200))\" is not a colour")
        }
    }

    mutating func check(number: Double, _ path: @autoclosure () -> String) {
        if !number.isFinite { fault(path(), "must be a finite number") }
    }

    mutating func check(_ position: PlanPosition, _ path: @autoclosure () -> String) {
        check(coordinate: position.x, path() + ".x")
        check(coordinate: position.y, path() + ".y")
    }

    private mutating func check(coordinate: Double, _ path: @autoclosure () -> String) {
        check(number: coordinate, path())
        if coordinate.isFinite, coordinate.magnitude > PlanLimits.coordinate {
            fault(path(), "is more than \(Int(PlanLimits.coordinate)) pixels away")
        }
    }

    mutating func check(_ size: PlanSize?, _ path: @autoclosure () -> String) {
        check(pixels: size?.width, path() + ".width")
        check(pixels: size?.height, path() + ".height")
    }

    mutating func check(pixels: Int?, _ path: @autoclosure () -> String) {
        let limit = Int(PlanLimits.coordinate)
        if let pixels, !(0...limit).contains(pixels) {
            fault(path(), "must be from 0 to \(limit)")
        }
    }

    mutating func check(
        count: Int, _ limit: Int, _ path: @autoclosure () -> String, _ what: String? = nil
    ) {
        if count > limit {
            fault(path(), "has \(count)\(what.map { " \($0)" } ?? ""), the limit is \(limit)")
        }
    }
}

extension PlanArea {
    /// What a general-admission area is called by calls: its uuid, else its place in the plan.
    func id(zone: Int, index: Int) -> String {
        uuid.flatMap { $0.isEmpty ? nil : $0 } ?? "area-\(zone)-\(index)"
    }

    /// True when the object that the shape needs is there.
    func has(_ shape: Shape) -> Bool {
        switch shape {
        case .polygon: polygon != nil
        case .rectangle: rectangle != nil
        case .ellipse: ellipse != nil
        case .circle: circle != nil
        case .text: text != nil
        }
    }
}
