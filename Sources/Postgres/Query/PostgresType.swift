/// The object id of a type (`pg_type.oid`; fixed in the server's `pg_type.dat`).
package struct PostgresType: RawRepresentable, Hashable, Sendable {
    /// The oid.
    package let rawValue: UInt32

    /// Any type.
    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    static let bool = Self(rawValue: 16)
    static let bytea = Self(rawValue: 17)
    static let name = Self(rawValue: 19)
    static let int8 = Self(rawValue: 20)
    static let int2 = Self(rawValue: 21)
    static let int4 = Self(rawValue: 23)
    static let text = Self(rawValue: 25)
    static let json = Self(rawValue: 114)
    static let xml = Self(rawValue: 142)
    static let float4 = Self(rawValue: 700)
    static let float8 = Self(rawValue: 701)
    static let unknown = Self(rawValue: 705)
    static let bpchar = Self(rawValue: 1042)
    static let varchar = Self(rawValue: 1043)
    static let timestamptz = Self(rawValue: 1184)
    static let uuid = Self(rawValue: 2950)
    static let jsonb = Self(rawValue: 3802)

    static let boolArray = Self(rawValue: 1000)
    static let byteaArray = Self(rawValue: 1001)
    static let int2Array = Self(rawValue: 1005)
    static let int4Array = Self(rawValue: 1007)
    static let textArray = Self(rawValue: 1009)
    static let int8Array = Self(rawValue: 1016)
    static let float8Array = Self(rawValue: 1022)
    static let timestamptzArray = Self(rawValue: 1185)
    static let uuidArray = Self(rawValue: 2951)

    /// Ids from here on belong to types made by users (`FirstNormalObjectId`).
    static let userDefinedMin: UInt32 = 16_384

    /// The SQL name of the types the driver knows, else the oid.
    package var description: String {
        Self.names[self] ?? "type with oid \(rawValue)"
    }

    private static let names: [Self: String] = [
        .bool: "boolean", .bytea: "bytea", .name: "name", .int8: "bigint", .int2: "smallint",
        .int4: "integer", .text: "text", .json: "json", .xml: "xml", .float4: "real",
        .float8: "double precision", .unknown: "unknown", .bpchar: "character",
        .varchar: "character varying", .timestamptz: "timestamp with time zone", .uuid: "uuid",
        .jsonb: "jsonb", .boolArray: "boolean[]", .byteaArray: "bytea[]",
        .int2Array: "smallint[]", .int4Array: "integer[]", .textArray: "text[]",
        .int8Array: "bigint[]", .float8Array: "double precision[]",
        .timestamptzArray: "timestamp with time zone[]", .uuidArray: "uuid[]",
        Self(rawValue: 1082): "date", Self(rawValue: 1114): "timestamp without time zone",
        Self(rawValue: 1186): "interval", Self(rawValue: 1700): "numeric",
    ]
}
