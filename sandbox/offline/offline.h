/*
 * offline.h - what RUN and run need from this machine when there is no network
 *
 * First form: a read-only folder of wheels, bind-mounted at OFFLINE_WHEELS (our own
 * /dev tmpfs, so that no image gets a folder for it), and /etc/pip.conf in the layer
 * that lies under the image.  Nothing of it is in a layer, cache key, history or
 * environment.
 */
#ifndef DRYDOCK_OFFLINE_H
#define DRYDOCK_OFFLINE_H

#include "sandbox/base/base.h"

#define OFFLINE_WHEELS "/dev/drydock/wheels"

/* Makes (once per map and form) the lowest layer below layers_dir, owned by the map's
 * root (uid as the host sees it), and gives its name there: mount points that an image
 * may lack (dev, proc, sys, etc/hosts, etc/hostname, etc/resolv.conf) and, in the form
 * for images that have /etc, etc/pip.conf.  free(). */
char *offline_under(int layers_dir, uid_t root_uid, bool has_wheels, struct err *err);

/* The wheel folder of this DRYDOCK_HOME as an O_PATH descriptor, or -1 when there is
 * none (RUN pip then fails in pip's own words). */
int offline_wheels(int home_dir);

#endif
