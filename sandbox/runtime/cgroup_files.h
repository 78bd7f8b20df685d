/*
 * cgroup_files.h - limits as the files of a control group
 *
 * Private to the runtime module, between cgroup_files.c and cgroup.c.
 */
#ifndef DRYDOCK_RUNTIME_CGROUP_FILES_H
#define DRYDOCK_RUNTIME_CGROUP_FILES_H

#include "sandbox/runtime/cgroup.h"

/* The controller of an enum limit_kind, as v1 names its folder and v2 its list. */
const char *limits_controller(unsigned kind);
bool limits_write_file(int dir, const char *file, const char *text);
/* Writes those of `kinds` that l sets into the group dir; returns what holds now. */
unsigned limits_write_files(
    int dir, const struct runtime_limits *l, unsigned kinds, bool v2);

#endif
