// libprotobuf-c with the code that protoc-c generates.
#include "measure.h"

#include "booking.pb-c.h"
#include "google/protobuf/descriptor.pb-c.h"

struct work {
    struct payload payload;
    const ProtobufCMessageDescriptor *type;
    ProtobufCMessage *message;
};

static void decode(void *context) {
    struct work *work = context;
    ProtobufCMessage *message =
        protobuf_c_message_unpack(work->type, NULL, work->payload.size, work->payload.bytes);
    if (!message) stop("does not decode");
    protobuf_c_message_free_unpacked(message, NULL);
}

static void encode(void *context) {
    struct work *work = context;
    size_t size = protobuf_c_message_get_packed_size(work->message);
    unsigned char *bytes = malloc(size);
    protobuf_c_message_pack(work->message, bytes);
    if (bytes[size - 1] != work->payload.bytes[size - 1]) stop("encodes something else");
    free(bytes);
}

int main(int argc, char **argv) {
    struct work work = {.payload = read_payload(argc, argv)};
    work.type = work.payload.is_booking ? &usher__bench__v1__booking__descriptor
                                        : &google__protobuf__file_descriptor_set__descriptor;
    work.message =
        protobuf_c_message_unpack(work.type, NULL, work.payload.size, work.payload.bytes);
    if (!work.message) stop("does not decode");
    unsigned char *bytes = malloc(work.payload.size * 2);
    if (protobuf_c_message_pack(work.message, bytes) != work.payload.size ||
        memcmp(bytes, work.payload.bytes, work.payload.size) != 0)
        stop("encodes something else");
    measure(work.payload.ms, work.payload.decodes ? decode : encode, &work);
}
