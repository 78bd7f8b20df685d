/*
 * white.h - overlay's way to say "not there": character device 0/0, opaque folders
 */
#ifndef DRYDOCK_STORE_WHITE_H
#define DRYDOCK_STORE_WHITE_H

#include "sandbox/base/base.h"
#include <sys/stat.h>

#define WHITE_OPAQUE "user.overlay.opaque"

bool white_is(const struct stat *st);
bool white_is_opaque(int fd);
/* Marks the open folder opaque; 0 or -1 with errno. */
int white_set_opaque(int fd);

enum white_below { WHITE_NOTHING, WHITE_FOLDER, WHITE_OTHER };
/* What is visible at path in the stack of layers (names below layers, topmost first)?
 * Links are not followed: a link in the way hides what lies deeper. */
enum white_below white_below(int layers, const struct vec *stack, const char *path);

#endif
