/*
 * session.h - one world: tags, containers, names, events
 *
 *     DRYDOCK_HOME/sessions/NAME/
 *         tags.json           references and images of this session
 *         events.log          one JSON object a line, appended
 *         lock                flock: who changes tags.json
 *         boot                id of the machine's boot that it was last used in
 *         networks/ID/        one network: network.json, addresses (network.h), members
 *         net                 pid and start time of a private outer network's keeper
 *         containers/ID/      one container (container.h); owned by the map's root
 *         names/NAME          a file with the id of the container of that name
 *         volumes/NAME/       one volume: _data and volume.json (container.h)
 *         trash/              what is being removed
 *         checkpoints/KEY/     how all of this was once (see below)
 *         opening             the checkpoint that is being opened
 *
 * Blobs and unpacked layers are the store's and shared by all sessions of a user.
 */
#ifndef DRYDOCK_SESSION_H
#define DRYDOCK_SESSION_H

#include "sandbox/base/base.h"
#include "sandbox/store/store.h"
#include <netinet/in.h>

struct session;

/* Opens (and makes, with the library's tags) the session `name`; NULL: DRYDOCK_SESSION
 * or "default".  Names are [a-zA-Z0-9][a-zA-Z0-9_.-]*.  Borrows store for its life.
 * Gives; session_free(). */
int session_open(
    struct store *store, const char *name, struct session **ret, struct err *err);
void session_free(struct session *s);
void session_free_p(struct session **s);
#define cleanup_session __attribute__((cleanup(session_free_p)))

/* Borrowed from the session. */
const char *session_name(const struct session *s);
struct store *session_store(const struct session *s);
/* The session's folder / its containers, names, trash folders; borrowed descriptors. */
int session_dir(const struct session *s);
int session_containers_dir(const struct session *s);
int session_names_dir(const struct session *s);
int session_trash_dir(const struct session *s);

/* ---- images of this session ---- */

struct session_image {
	char id[65];        /* hex of the config digest */
	struct vec tags;    /* canonical references with a tag, byte order */
	struct vec digests; /* those by digest: "docker.io/library/python@sha256:..." */
	int64_t tagged;     /* when it was last tagged here, ns */
};
struct session_images {
	struct session_image *list;
	size_t len;
};
void session_images_done(struct session_images *l);
#define cleanup_session_images __attribute__((cleanup(session_images_done)))
/* All images, tagged or not, newest config.created first is the caller's business. */
int session_images(struct session *s, struct session_images *ret, struct err *err);

/* canonical reference (by tag or by digest) -> id; 1 found, 0 not, -1 error. */
int session_tag_get(
    struct session *s, const char *canonical, char id[65], struct err *err);
/* Points the tag at id (which becomes an image of the session); canonical NULL only
 * adds the image untagged. */
int session_tag_set(
    struct session *s, const char *canonical, const char *id, struct err *err);
/* Removes the tag; the image stays (untagged).  1 removed, 0 there was none. */
int session_tag_remove(struct session *s, const char *canonical, struct err *err);
/* Forgets the image and all its tags. */
int session_image_remove(struct session *s, const char *id, struct err *err);

/* ---- events ---- */

/* Appends {"time":ns,"type":...,"action":...,"id":...,"attributes":{...}}; one write(2),
 * so that lines never mix.  Failure to log never fails the caller.  Takes attributes (may
 * be NULL). */
void session_event(struct session *s, const char *type, const char *action,
    const char *id, json_t *attributes);
/* The log's descriptor for reading from byte `offset` (lseek'ed). Gives. */
int session_events_open(struct session *s, long long offset, struct err *err);

/* ---- the outer network ---- */

/* A descriptor of the session's private network namespace, or -1 when its outer
 * network is the host's.  Gives. */
int session_outer_netns(const struct session *s);
/* Records / forgets (pid 0) the keeper of a private network. */
int session_set_outer(struct session *s, pid_t keeper, struct err *err);

/* ---- checkpoints ---------------------------------------------------------------------
 *
 *     checkpoints/KEY/
 *         about.json          {"made":ns, "workspace":path, "files":bool, "note":...}
 *         tags.json containers/ names/ volumes/ networks/     as in the session
 *         workspace/          the student's files; not there when they are too many
 *
 * A key is a name as a session's is.  Files are reflinked where the file system can, else
 * copied.  A checkpoint is there whole or not at all.  No container of the session may
 * run while one is opened; whether those of the checkpoint run is the caller's to see to.
 */

/* Makes it (anew, when there is one).  workspace: an open folder, path its name; -1:
 * none. note: kept in about.json, borrowed, may be NULL.  ERR_LIMIT when it would be too
 * big. */
int session_checkpoint_make(struct session *s, const char *key, int workspace,
    const char *path, json_t *note, struct err *err);
/* about.json; NULL when there is no such checkpoint.  Gives. */
json_t *session_checkpoint_about(struct session *s, const char *key);
/* Appends the keys of all, byte order. */
void session_checkpoint_list(struct session *s, struct vec *keys);
/* Where its files are, a full path.  Gives. */
char *session_checkpoint_files(struct session *s, const char *key);
/* A missing one is fine. */
int session_checkpoint_drop(struct session *s, const char *key, struct err *err);

enum session_opening {
	SESSION_REPLACE, /* the session and the workspace become as they were */
	SESSION_ADD,     /* its images, containers and files come beside what is there, or
			  * in its place */
};
/* Opens a checkpoint of `from` (may be s) in s.  What it replaces is gone: keep it
 * before. Killed in the middle, session_checkpoint_pending() says what is to be opened
 * again. */
int session_checkpoint_open(struct session *s, struct session *from, const char *key,
    enum session_opening how, int workspace, const char *path, struct err *err);
/* {"key","session","add":bool} of an opening that was cut off, or NULL.  Gives. */
json_t *session_checkpoint_pending(struct session *s);

/* ---- networks that containers are on (networks.c) ---- */

/* bridge, host and none are there without being made; the others are made by users. */
struct session_network {
	char id[65];
	char *name;
	char driver[8]; /* "bridge", "host", "null" */
	/* Of a bridge: its addresses, the bridge's own, and where free ones are looked
	 * for (range_bits 0: everywhere). */
	struct in_addr subnet, gateway, range;
	unsigned bits, range_bits;
	bool chosen;     /* the user named the subnet */
	bool internal;   /* no way out */
	bool attachable; /* only remembered */
	bool predefined;
	struct vec labels, options; /* "k=v" */
	int64_t created;            /* ns */
};
void session_network_done(struct session_network *n);
#define cleanup_session_network __attribute__((cleanup(session_network_done)))
#define SESSION_NETWORK_INIT \
	{ \
		.labels = VEC_INIT, .options = VEC_INIT \
	}
struct session_networks {
	struct session_network *list;
	size_t len;
};
void session_networks_done(struct session_networks *l);
#define cleanup_session_networks __attribute__((cleanup(session_networks_done)))

/* All, by name in byte order. */
int session_networks(struct session *s, struct session_networks *ret, struct err *err);
/* By full id, name, or unique part of an id, in that order.  ERR_NOT_FOUND "network x not
 * found".  Gives. */
int session_network_find(
    struct session *s, const char *name, struct session_network *ret, struct err *err);
/* Makes what n describes and fills n->id, and subnet and gateway when bits is 0: the
 * lowest of Docker's pools that is free.  Errors in the engine's words. */
int session_network_create(struct session *s, struct session_network *n, struct err *err);
/* A record with its id as JSON, for a process that may not read it, and back.  Both give.
 */
json_t *session_network_to_json(const struct session_network *n);
void session_network_from_json(const json_t *j, struct session_network *n);
/* Forgets it; that nobody is on it is the caller's business. */
int session_network_remove(
    struct session *s, const struct session_network *n, struct err *err);
/* Its folder, which the map's root may write and which is there for the one called
 * bridge, too.  Gives an O_PATH descriptor. */
int session_network_dir(
    struct session *s, const struct session_network *n, struct err *err);

/* ---- all sessions ---- */

/* Appends the names of all sessions, byte order. */
int session_list(struct store *store, struct vec *names, struct err *err);
/* Calls fn with the id of every image that a session, one of its containers or one of its
 * checkpoints needs, some more than once and some that are gone.  -1 when that cannot be
 * known. */
int session_roots(struct store *store, void (*fn)(void *user, const char *id), void *user,
    struct err *err);
/* Removes the session's folder (inside the id map); its containers must have ended. */
int session_remove(struct store *store, const char *name, struct err *err);

#endif
