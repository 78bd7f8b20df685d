/*
 * names.h - which members of Docker's objects are Go maps and lists (see names.c)
 */
#ifndef DRYDOCK_FORMAT_NAMES_H
#define DRYDOCK_FORMAT_NAMES_H

#include "sandbox/format/private.h"

/* What a null, or an object, in member `key` of `parent` is: VALUE_MAP, VALUE_LIST, or
 * VALUE_NIL (no such rule: a pointer, and an object is a struct). */
enum value_kind format_names_kind(const char *parent, const char *key);

#endif
