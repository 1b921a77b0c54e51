// What the toolchain's libFuzzer and AddressSanitizer export (compiler-rt: FuzzerInterface.h,
// sanitizer/allocator_interface.h); their headers are not where Swift looks.
#pragma once
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(
    int *argc, char ***argv, int (*test_one_input)(const uint8_t *data, size_t size));

// Bytes that are allocated at the moment.
size_t __sanitizer_get_current_allocated_bytes(void);
