/*
 * call.h - the functions of templates, each with one contract
 *
 * The number and types of args are checked before.  They set *ret and return 0, or
 * fill *err with the words behind "error calling NAME: " and return -1.
 */
#ifndef DRYDOCK_FORMAT_CALL_H
#define DRYDOCK_FORMAT_CALL_H

#include "sandbox/format/private.h"

/* call.c: fmt.Sprint */
void format_print(int mode, struct buf *b, const struct value *args, size_t nargs);

/* escape.c */
int format_call_html(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err);
int format_call_js(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err);
int format_call_urlquery(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err);

/* compare.c */
int format_call_eq(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err);
int format_call_ne(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err);
int format_call_lt(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err);
int format_call_le(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err);
int format_call_gt(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err);
int format_call_ge(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err);

/* collect.c */
int format_call_index(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err);
int format_call_slice(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err);
int format_call_len(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err);
int format_call_split(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err);
int format_call_join(struct calls *c, const struct value *args, size_t nargs,
    struct value *ret, struct err *err);

#endif
