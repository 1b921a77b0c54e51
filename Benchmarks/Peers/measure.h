// What the C peers share: the command line, the payload, the clock.
//
//     codec-… decode|encode booking|descriptor FILE MILLISECONDS
//
// prints nanoseconds of CPU time per operation.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct payload {
    int decodes;
    int is_booking;
    unsigned char *bytes;
    size_t size;
    double ms;
};

static void stop(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(1);
}

static struct payload read_payload(int argc, char **argv) {
    if (argc != 5) stop("usage: decode|encode booking|descriptor FILE MILLISECONDS");
    struct payload payload = {
        .decodes = strcmp(argv[1], "decode") == 0,
        .is_booking = strcmp(argv[2], "booking") == 0,
        .ms = atof(argv[4]),
    };
    FILE *file = fopen(argv[3], "rb");
    if (!file) stop("cannot open the payload");
    payload.bytes = malloc(1 << 20);
    payload.size = fread(payload.bytes, 1, 1 << 20, file);
    fclose(file);
    return payload;
}

static double cpu_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1e9 + now.tv_nsec;
}

// Runs the operation for the time asked for, in batches, and prints the mean.
static void measure(double ms, void (*operation)(void *), void *context) {
    for (int i = 0; i < 1000; i++) operation(context);
    double begin = cpu_ns(), used = 0;
    long count = 0;
    while (used < ms * 1e6) {
        for (int i = 0; i < 1000; i++) operation(context);
        count += 1000;
        used = cpu_ns() - begin;
    }
    printf("%.1f\n", used / count);
}
