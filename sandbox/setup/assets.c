/*
 * assets.c - files of assets/ as parts of the program (the assembler's .incbin)
 *
 * A new file needs a row in ASSETS.  The Makefile compiles this file again when
 * anything below assets/ is newer.
 */
#include "sandbox/setup/assets.h"
#include <string.h>

#define ASSETS(X) \
	X(recipe_hello, "recipes/hello-world") \
	X(recipe_busybox, "recipes/busybox") \
	X(recipe_python, "recipes/python") \
	X(recipe_debian, "recipes/debian") \
	X(recipe_bookworm, "recipes/bookworm") \
	X(recipe_workstation, "recipes/workstation") \
	X(lock_busybox, "locks/busybox") \
	X(lock_python, "locks/python") \
	X(lock_interpreter, "locks/interpreter") \
	X(lock_bookworm, "locks/bookworm") \
	X(lock_workstation, "locks/workstation") \
	X(lock_pool_bullseye, "locks/pool-bullseye") \
	X(lock_pool_bookworm, "locks/pool-bookworm") \
	X(lock_wheels, "locks/wheels") \
	X(ensurepip, "python/ensurepip.py") \
	X(hello, "hello-world.txt")

#define INCLUDE(symbol, name) \
	__asm__(".section .rodata\n" \
		".globl asset_" #symbol "\n.globl asset_" #symbol "_end\n" \
		"asset_" #symbol ":\n.incbin \"assets/" name "\"\n" \
		"asset_" #symbol "_end:\n.byte 0\n.previous\n"); \
	extern const char asset_##symbol[], asset_##symbol##_end[];
ASSETS(INCLUDE)

#define ROW(symbol, file) {file, asset_##symbol, asset_##symbol##_end},
static const struct {
	const char *name, *start, *end;
} assets[] = {ASSETS(ROW)};

const char *
asset(const char *name, size_t *ret_len)
{
	for (size_t i = 0; i < sizeof assets / sizeof assets[0]; i++) {
		if (strcmp(assets[i].name, name) != 0)
			continue;
		if (ret_len != NULL)
			*ret_len = (size_t)(assets[i].end - assets[i].start);
		return assets[i].start;
	}
	return NULL;
}
