/*
 * offline.h - what RUN and run need from this machine when there is no network
 *
 * Folders that `drydock setup` made: wheels for pip, Debian packages for apt.  A RUN,
 * whose network is its own, gets them from a package index and an archive on its
 * 127.0.0.1, so that pip and apt fetch and say what they do elsewhere; a container, whose
 * network belongs to the student, as read-only folders below /dev/drydock (our own /dev
 * tmpfs, so that no image gets a folder for them).  And the layer that lies under the
 * image, with the settings that make pip and apt look there.  Nothing of it is in a
 * layer, cache key, history or environment.
 */
#ifndef DRYDOCK_OFFLINE_H
#define DRYDOCK_OFFLINE_H

#include "sandbox/base/base.h"

#define OFFLINE_WHEELS "/dev/drydock/wheels"
#define OFFLINE_APT "/dev/drydock/apt"

/* Nobody's well-known port: a RUN may start servers of its own. */
#define OFFLINE_PORT 36141

enum { OFFLINE_MOUNTS = 2, OFFLINE_SUITE_MAX = 32 };

enum offline_way {
	OFFLINE_FOLDERS, /* bind mounts */
	OFFLINE_SERVED,  /* HTTP: offline_serve() */
	OFFLINE_ONLINE,  /* this machine's index and mirror, by way of a relay there */
};

/* What one container is lent. */
struct offline {
	enum offline_way way;
	int wheels, apt; /* O_PATH folders; -1: there is none, or the image has no use */
	char suite[OFFLINE_SUITE_MAX]; /* the folder in apt that the image uses */
	char *under; /* name of the lowest layer, below the folder of layers */
	int relay;   /* OFFLINE_ONLINE: where its listening socket goes; -1 */
	pid_t relay_pid;
};

struct offline_mount {
	int source; /* borrowed from struct offline */
	const char *target;
};

#define OFFLINE_INIT \
	{ \
		.wheels = -1, .apt = -1, .relay = -1 \
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
    enum offline_way way, struct offline *ret, struct err *err);

/* A RUN that would be served is relayed instead when `drydock setup --online on` was said
 * (home/online is there).  The relay, a process in the caller's network, is started by
 * this and ends with offline_done(); nothing when it is not needed. */
int offline_relay(struct offline *o, struct err *err);
/* `net --relay FD`: an HTTP proxy on the listener that is sent over the socket FD, until
 * its other end is closed.  Returns the exit status. */
int offline_relay_main(int sock);

/* Starts the server in the network namespace of process pid (which has a new one), for
 * OFFLINE_SERVED; returns when it listens.  To be called in a process that has done
 * holder_enter(), before the program runs; the server ends with that process, or by a
 * signal.  Returns its pid; 0 when there is nothing to serve. */
pid_t offline_serve(const struct offline *o, pid_t pid, struct err *err);

/* The folders to mount, read-only; returns their number. */
size_t offline_mounts(
    const struct offline *o, struct offline_mount mounts[OFFLINE_MOUNTS]);

/* The wheel folder of this DRYDOCK_HOME as an O_PATH descriptor, or -1 when there is
 * none (RUN pip then fails in pip's own words). */
int offline_wheels(int home_dir);

#endif
