/*
 * hub.h - a Docker Hub in the box: a registry, accounts, pages
 *
 * Every session has one, in sessions/NAME/hub/:
 *
 *     accounts.json     {"student": {"salt":..., "hash":..., "since":ns}}
 *     key               secret that its tokens are signed with
 *     socket            where the engine speaks to it
 *     lock              flock: who serves
 *     repos/student+app.json     {"tags":{"latest":HEX}, "manifests":{HEX:{...}},
 *                                 "blobs":{HEX:size}, "pulls":n}
 *     uploads/student+app~ID     what has come of an upload
 *
 * The bytes of blobs and manifests are blobs of the store: a layer that the engine has
 * pressed is not kept twice.  The server is started by whoever needs it and leaves when
 * it has been idle; a hub that nobody serves loses nothing.
 *
 * OCI distribution spec 1.1; tokens and refusals as Docker's Hub gives them.  Everybody
 * may pull; who pushes must be the account whose name the repository begins with.
 */
#ifndef DRYDOCK_HUB_H
#define DRYDOCK_HUB_H

#include "sandbox/base/base.h"
#include "sandbox/store/store.h"
#include <stdint.h>

/* ---- for the engine: no HTTP server is linked by these (start.c, accounts.c) ---------
 */

enum { HUB_SOCKET_MAX = 64 };

/* Makes the folder `hub` of the session (borrowed descriptor) if need be and gives its
 * descriptor. */
int hub_open(int session_dir, struct err *err);
/* Is somebody serving it?  Else starts `program hub --serve` for the session and waits
 * until it answers.  path gets a name of its socket that is short enough for connect(2)
 * and valid as long as dir is open. */
int hub_start(int dir, const char *program, const char *home, const char *session,
    char path[HUB_SOCKET_MAX], struct err *err);

/* 1 there is such an account, 0 none. */
int hub_account_has(int dir, const char *user, struct err *err);
/* Makes it.  ERR_INPUT when the name ([a-z0-9]{2,30}) or the password (not empty) will
 * not do; ERR_CONFLICT when it is taken. */
int hub_account_add(int dir, const char *user, const char *password, struct err *err);
/* 1 the password is right, 0 not. */
int hub_account_check(int dir, const char *user, const char *password, struct err *err);

/* ---- for who looks: what is in it (repo.c) --------------------------------------------
 */

/* The record of a repository ("student/app"), an empty one when there is none.  Gives. */
json_t *hub_repository(int dir, const char *name, struct err *err);
/* Appends the names of all repositories, sorted. */
int hub_repositories(int dir, struct vec *names, struct err *err);

/* ---- the server -----------------------------------------------------------------------
 */

struct hub_spec {
	struct store *store;
	int dir;         /* of hub_open() */
	int listener;    /* listening socket; borrowed */
	const char *key; /* what a browser must show to see pages; NULL: nothing */
	int idle_s;      /* leave after so long without a request; 0: stay */
};
/* Serves until it has been idle or a signal (SIGINT, SIGTERM) ends it. */
int hub_serve(const struct hub_spec *spec, struct err *err);

/* `drydock hub [--listen ADDRESS] | add USER | --serve`: argv[0] is "hub".  Prints;
 * returns the exit code. */
int hub_main(int argc, char **argv);

#endif
