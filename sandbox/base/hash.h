/*
 * hash.h - SHA-256 by nettle, which uses the CPU's own instructions
 *
 * Not part of base.h: only programs that link nettle may use it.
 */
#ifndef DRYDOCK_HASH_H
#define DRYDOCK_HASH_H

#include "sandbox/base/err.h"
#include <stddef.h>

enum { HASH_HEX = 64 }; /* digits of a SHA-256; a buffer needs one more */

struct hash;

/* Gives a running hash; free with hash_free() or finish with hash_hex(). */
struct hash *hash_new(void);
void hash_add(struct hash *h, const void *data, size_t len);
/* Takes h and writes 64 hex digits and a NUL. */
void hash_hex(struct hash *h, char out[HASH_HEX + 1]);
void hash_free(struct hash *h);

/* One call for a piece of memory / for the rest of a descriptor. */
void hash_data(const void *data, size_t len, char out[HASH_HEX + 1]);
int hash_fd(int fd, char out[HASH_HEX + 1], struct err *err);

#endif
