// upb, with tables made at run time from the descriptor set in $BOOKING_SET, as Python makes them.
#include "measure.h"

#include "google/protobuf/descriptor.upb.h"
#include "upb/mem/arena.h"
#include "upb/reflection/def.h"
#include "upb/wire/decode.h"
#include "upb/wire/encode.h"

struct work {
    struct payload payload;
    const upb_MiniTable *table;
    upb_Message *message;
};

static upb_Message *parse(struct work *work, upb_Arena *arena) {
    upb_Message *message = upb_Message_New(work->table, arena);
    if (upb_Decode((const char *)work->payload.bytes, work->payload.size, message, work->table,
                   NULL, 0, arena) != kUpb_DecodeStatus_Ok)
        stop("does not decode");
    return message;
}

static void decode(void *context) {
    upb_Arena *arena = upb_Arena_New();
    parse(context, arena);
    upb_Arena_Free(arena);
}

static void encode(void *context) {
    struct work *work = context;
    upb_Arena *arena = upb_Arena_New();
    char *bytes;
    size_t size;
    if (upb_Encode(work->message, work->table, 0, arena, &bytes, &size) != kUpb_EncodeStatus_Ok ||
        size != work->payload.size)
        stop("encodes something else");
    upb_Arena_Free(arena);
}

// The table of a message in a serialized FileDescriptorSet.
static const upb_MiniTable *load(const char *path, const char *name) {
    FILE *file = path ? fopen(path, "rb") : NULL;
    if (!file) stop("BOOKING_SET: cannot open the descriptor set");
    char *bytes = malloc(1 << 20);
    size_t size = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    upb_Arena *arena = upb_Arena_New();
    google_protobuf_FileDescriptorSet *set =
        google_protobuf_FileDescriptorSet_parse(bytes, size, arena);
    if (!set) stop("BOOKING_SET: no descriptor set");
    upb_DefPool *pool = upb_DefPool_New();
    size_t count;
    const google_protobuf_FileDescriptorProto *const *files =
        google_protobuf_FileDescriptorSet_file(set, &count);
    for (size_t i = 0; i < count; i++) {
        upb_Status status;
        upb_Status_Clear(&status);
        if (!upb_DefPool_AddFile(pool, files[i], &status)) stop(upb_Status_ErrorMessage(&status));
    }
    const upb_MessageDef *type = upb_DefPool_FindMessageByName(pool, name);
    if (!type) stop("BOOKING_SET: the message is not in it");
    return upb_MessageDef_MiniTable(type);
}

int main(int argc, char **argv) {
    struct work work = {.payload = read_payload(argc, argv)};
    work.table = work.payload.is_booking
                     ? load(getenv("BOOKING_SET"), "usher.bench.v1.Booking")
                     : &google__protobuf__FileDescriptorSet_msg_init;
    upb_Arena *arena = upb_Arena_New();
    work.message = parse(&work, arena);
    char *bytes;
    size_t size;
    if (upb_Encode(work.message, work.table, 0, arena, &bytes, &size) != kUpb_EncodeStatus_Ok ||
        size != work.payload.size || memcmp(bytes, work.payload.bytes, size) != 0)
        stop("encodes something else");
    measure(work.payload.ms, work.payload.decodes ? decode : encode, &work);
}
