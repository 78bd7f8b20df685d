/*
 * cp_path.h - what `docker cp` reads out of a path's spelling
 *
 * A path that ends in '/' or '/.' says more than its clean form.  Pure; private to the
 * docker module.
 */
#ifndef DRYDOCK_DOCKER_CP_PATH_H
#define DRYDOCK_DOCKER_CP_PATH_H

#include "sandbox/base/base.h"

/* "web:/x" is a container's; "/a:b" and "./a:b" are not.  Gives *ret_container (NULL:
 * ours); returns the path, borrowed from arg. */
const char *cp_path_split(const char *arg, char **ret_container);
/* The clean absolute form (below "/") that still ends as `path` does.  Gives. */
char *cp_path_whole(const char *clean, const char *path);
bool cp_path_is_dot(const char *path);    /* ends in "/." or is "." */
bool cp_path_is_folder(const char *path); /* is written as one */
/* The folder above and the last name, which is "." for "/a/.".  Both are given. */
void cp_path_parts(const char *path, char **ret_dir, char **ret_base);
/* The path with links followed at its very end, below root; clean.  Gives. */
char *cp_path_follow(int root, const char *path);

#endif
