/*
 * base64.h - RFC 4648, for credentials and tokens
 */
#ifndef DRYDOCK_BASE64_H
#define DRYDOCK_BASE64_H

#include "sandbox/base/buf.h"
#include <stdbool.h>
#include <stddef.h>

/* Section 4, with padding.  Gives; free(). */
char *base64_encode(const void *data, size_t len);
/* Section 5 ("-" and "_", no padding), fit for a URL.  Gives. */
char *base64_encode_url(const void *data, size_t len);
/* Reads either alphabet, with or without padding, and appends to out; false when text is
 * neither or does not fit. */
bool base64_decode(const char *text, struct buf *out);

#endif
