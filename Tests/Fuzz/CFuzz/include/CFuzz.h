/* The entry of libFuzzer for programs that have their own main. */
#ifndef VEDETTE_CFUZZ_H
#define VEDETTE_CFUZZ_H
#include <stddef.h>
#include <stdint.h>
int LLVMFuzzerRunDriver(
    int *argc, char ***argv, int (*test)(const uint8_t *data, size_t size));
#endif
