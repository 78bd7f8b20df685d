/*
 * path.h - arithmetic on path strings; touches no file system
 */
#ifndef DRYDOCK_PATH_H
#define DRYDOCK_PATH_H

#include <stdbool.h>

/* As Go's path.Clean: no "//", "." or resolvable "..", "" becomes ".".
 * Gives a string; free with free(). */
char *path_clean(const char *path);
/* path_clean(a + "/" + b), or path_clean(b) when b is absolute.  Gives. */
char *path_join(const char *a, const char *b);
/* path_clean("/" + path): ".." cannot climb out of the root.  Gives. */
char *path_clean_root(const char *path);
/* The part after the last '/', borrowed from path. */
const char *path_base(const char *path);
/* Everything before the last '/' ("." if none, "/" for "/x").  Gives. */
char *path_dir(const char *path);
/* Is path equal to folder or below it?  Both must be clean. */
bool path_is_inside(const char *path, const char *folder);
/* Is it a plain name: not empty, ".", "..", and without '/'? */
bool path_is_name(const char *name);

#endif
