/*
 * offline.h - what RUN and run need from this machine when there is no network
 *
 * Read-only folders that `drydock setup` made, bind-mounted below /dev/drydock (our own
 * /dev tmpfs, so that no image gets a folder for them): wheels for pip, Debian packages
 * for apt.  And the layer that lies under the image, with the settings that make pip and
 * apt look there.  Nothing of it is in a layer, cache key, history or environment.
 */
#ifndef DRYDOCK_OFFLINE_H
#define DRYDOCK_OFFLINE_H

#include "sandbox/base/base.h"

#define OFFLINE_WHEELS "/dev/drydock/wheels"
#define OFFLINE_APT "/dev/drydock/apt"

enum { OFFLINE_MOUNTS = 2, OFFLINE_SUITE_MAX = 32 };

/* What one container is lent. */
struct offline {
	int wheels, apt; /* O_PATH folders; -1: there is none, or the image has no use */
	char *under;     /* name of the lowest layer, below the folder of layers */
};

struct offline_mount {
	int source; /* borrowed from struct offline */
	const char *target;
};

#define OFFLINE_INIT \
	{ \
		.wheels = -1, .apt = -1 \
	}
#define cleanup_offline __attribute__((cleanup(offline_done)))
void offline_done(struct offline *o);

/* Looks what the image (chains: its layers below layers_dir, topmost first) can use of
 * this DRYDOCK_HOME, and makes, once per map and form, the layer to lie below it, owned
 * by the map's root (uid as the host sees it).  That layer has mount points that an image
 * may lack (dev, proc, sys, etc/hosts, etc/hostname, etc/resolv.conf); pip's and apt's
 * settings only where the image has their folder: one that came from below would swallow
 * a `RUN mkdir`.  Which packages apt is shown follows from VERSION_CODENAME in the
 * image's os-release(5).  Called outside of the holder. */
int offline_lend(int home_dir, int layers_dir, uid_t root_uid, const struct vec *chains,
    struct offline *ret, struct err *err);

/* The folders to mount, read-only; returns their number. */
size_t offline_mounts(
    const struct offline *o, struct offline_mount mounts[OFFLINE_MOUNTS]);

/* The wheel folder of this DRYDOCK_HOME as an O_PATH descriptor, or -1 when there is
 * none (RUN pip then fails in pip's own words). */
int offline_wheels(int home_dir);

#endif
