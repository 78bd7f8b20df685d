/*
 * call.h - the functions of templates, each with one contract
 *
 * The number and types of args are checked before.  They set *ret and return 0, or
 * fill *err with the words behind "error calling NAME: " and return -1.
 */
#ifndef DRYDOCK_FORMAT_CALL_H
#define DRYDOCK_FORMAT_CALL_H

#include "sandbox/format/private.h"

typedef int call_fn(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err);

/* compare.c */
call_fn call_eq, call_ne, call_lt, call_le, call_gt, call_ge;
/* collect.c: index, slice, len, split, join */
call_fn call_index, call_slice, call_len, call_split, call_join;

#endif
