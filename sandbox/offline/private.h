/*
 * private.h - the two halves of lending: what the image is like, what lies under it
 */
#ifndef DRYDOCK_OFFLINE_PRIVATE_H
#define DRYDOCK_OFFLINE_PRIVATE_H

#include "sandbox/offline/offline.h"

/* What the layer under the image holds; each form is a layer of its own. */
struct under_form {
	enum offline_way way;
	int home; /* folder with online/, borrowed */
	bool pip; /* etc/pip.conf */
	bool apt; /* etc/apt/apt.conf.d/99drydock, with a suite etc/apt/drydock.list */
	char suite[OFFLINE_SUITE_MAX]; /* whose packages it names; "": none */
};

/* Makes the layer of that form below layers_dir unless it is there; gives its name. */
char *under_make(
    int layers_dir, uid_t root_uid, const struct under_form *form, struct err *err);

/* Has one of the image's layers (names below layers_dir) something at path? */
bool look_has(int layers_dir, const struct vec *chains, const char *path);
/* The image's VERSION_CODENAME; "" when it tells none that could be a folder's name. */
void look_suite(int layers_dir, const struct vec *chains, char suite[OFFLINE_SUITE_MAX]);

/* Answers for a path of the server (arg: struct offline):
 *
 *     /simple/ /simple/NAME/             the wheels' index (PEP 503, with sums)
 *     /wheels/FILE
 *     /debian/dists/SUITE/Release        the archive as apt asks for it (the pool of one
 *     /debian/dists/SUITE/main/binary-amd64/Packages          suite, see setup's pool.h)
 *     /debian/p/FILE
 */
struct web_reply;
void shelf_get(void *arg, const char *path, struct web_reply *reply);

/* Reads the first line of a request to a proxy: "CONNECT HOST:PORT" or "METHOD
 * http://HOST[:PORT]/...".  rest: where the path of the second form begins.  Pure. */
struct relay_target {
	char host[256], port[6];
	bool tunnel;
	size_t path;
};
bool relay_parse(const char *head, struct relay_target *ret);

#endif
