/*
 * online.h - this machine's index and mirror, for builds that may use them
 *
 * DRYDOCK_HOME/online holds pip.conf and SUITE.list as of when it was chosen; it is read
 * by sandbox/offline.
 */
#ifndef DRYDOCK_SETUP_ONLINE_H
#define DRYDOCK_SETUP_ONLINE_H

#include "sandbox/base/base.h"

/* Appends what one pip.conf says of where packages come from ("index-url = ..."), in any
 * of its sections, to lines; a later value of the same name replaces.  Pure. */
void online_parse_pip(const char *text, struct vec *lines);
/* Writes the folder anew: pip's settings by files and environment, the mirrors that apt
 * uses.  ERR_NOT_FOUND when apt names no mirror. */
int online_write(int home, struct err *err);
int online_remove(int home, struct err *err);

#endif
