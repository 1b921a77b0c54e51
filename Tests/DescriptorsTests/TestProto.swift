import ContractSupport
import Descriptors

/// A contract with every kind of field.
enum TestProto {
    static let source = """
        syntax = "proto3";
        package test.v1;
        import "google/protobuf/timestamp.proto";

        service Courier {
          rpc Send(Everything) returns (Empty);
          rpc Watch(Empty) returns (stream Everything);
          rpc Upload(stream Everything) returns (Empty);
          rpc Talk(stream Everything) returns (stream Everything);
        }

        enum Colour {
          COLOUR_UNSPECIFIED = 0;
          COLOUR_RED = 1;
          COLOUR_INFRARED = -2;
        }

        message Empty {}

        message Everything {
          enum Size {
            SIZE_UNSPECIFIED = 0;
            SIZE_LARGE = 7;
          }
          message Part {
            string label = 1;
            Everything whole = 2;
          }
          // Neither in the order of the numbers nor in the order of the names.
          string text = 14;
          double double = 1;
          float float = 2;
          int32 int32 = 3;
          int64 int64 = 4;
          uint32 uint32 = 5;
          uint64 uint64 = 6;
          sint32 sint32 = 7;
          sint64 sint64 = 8;
          fixed32 fixed32 = 9;
          fixed64 fixed64 = 10;
          sfixed32 sfixed32 = 11;
          sfixed64 sfixed64 = 12;
          bool flag = 13;
          bytes data = 15;
          Colour colour = 16;
          Size size = 17;
          Part part = 18;
          google.protobuf.Timestamp at = 19;
          optional int32 maybe_int32 = 20;
          optional string maybe_text = 21;
          optional bytes maybe_data = 22;
          optional bool maybe_flag = 23;
          optional Colour maybe_colour = 24;
          repeated int32 numbers = 30;
          repeated sint64 loose_numbers = 31 [packed = false];
          repeated bool flags = 32;
          repeated double doubles = 33;
          repeated string texts = 34;
          repeated bytes datas = 35;
          repeated Colour colours = 36;
          repeated Part parts = 37;
          oneof choice {
            string choice_text = 40;
            bytes choice_data = 41;
            Part choice_part = 42;
            uint64 choice_number = 43;
            bool choice_flag = 44;
          }
          oneof other {
            Empty other_empty = 50;
            double other_double = 1000;
          }
          map<string, int64> counts = 60;
          map<uint32, Part> parts_by_number = 61;
          string odd_name = 536870911 [json_name = "@odd"];
        }
        """

    static func set() async throws -> DescriptorSet {
        try DescriptorSet(serialized: try await ProtoCompiler.descriptorSet(source: source))
    }

    static func schema() async throws -> DynamicSchema {
        try DynamicSchema(try await set())
    }
}
