/*
 * registry.h - a client of registries: pull, push, log in
 *
 * OCI distribution spec 1.1 and what Docker's registries do beside it (docker/docs,
 * "Registry as a token server"): tokens by scope, Basic, redirects.  Nothing that comes
 * from a registry is believed: sizes are bounded, digests are checked, credentials go to
 * the host that they are for and to no other one.
 *
 * It knows no session and prints nothing: names, tags and words belong to who calls.
 * Errors are worded as the Docker engine words them; ERR_NOT_FOUND is what a registry
 * does not have, ERR_CONFLICT what it denies.
 */
#ifndef DRYDOCK_REGISTRY_H
#define DRYDOCK_REGISTRY_H

#include "sandbox/base/base.h"
#include "sandbox/image/image.h"
#include "sandbox/store/store.h"

/* ---- one registry, as one user ------------------------------------------------------
 */

struct registry;

struct registry_where {
	const char *host;     /* "registry-1.docker.io", "localhost:5000" */
	const char *socket;   /* its Unix socket, spoken to by plain HTTP; NULL: TCP */
	const char *user;     /* NULL: nobody in particular */
	const char *password; /* with user */
	const char *identity; /* a token in place of a password, or NULL */
	bool insecure;        /* plain HTTP will do, and any certificate */
	/* A socket in the network that the user means; NULL: ours. */
	int (*dial)(void *arg, int family, int type, int protocol);
	void *dial_arg;
};

/* Finds out whether it speaks HTTPS or (loopback and insecure ones only) HTTP, and how it
 * wants to be logged in to.  Copies *where.  Gives; registry_free(). */
int registry_open(
    const struct registry_where *where, struct registry **ret, struct err *err);
void registry_free(struct registry *r);
void registry_free_p(struct registry **r);
#define cleanup_registry __attribute__((cleanup(registry_free_p)))

/* "https://registry-1.docker.io": as the user is told, also where a socket stands for it.
 * Borrowed. */
const char *registry_url(const struct registry *r);
/* Are the user and the password right?  *ret_identity gets a token to keep in place of
 * the password (free()), or NULL.  ERR_CONFLICT in the registry's words when not. */
int registry_login(struct registry *r, char **ret_identity, struct err *err);

/* ---- the parts of the protocol ------------------------------------------------------
 */

struct registry_manifest {
	char *type;                    /* media type */
	char digest[IMAGE_DIGEST + 1]; /* of the bytes */
	struct buf bytes;
};
#define REGISTRY_MANIFEST_INIT \
	{ \
		.bytes = BUF_INIT(IMAGE_JSON_MAX) \
	}
#define cleanup_registry_manifest __attribute__((cleanup(registry_manifest_done)))
void registry_manifest_done(struct registry_manifest *m);

/* name: "library/python"; reference: a tag or a digest, which is then checked. */
int registry_manifest_get(struct registry *r, const char *name, const char *reference,
    struct registry_manifest *ret, struct err *err);
int registry_manifest_put(struct registry *r, const char *name, const char *reference,
    const char *type, const void *bytes, size_t len, struct err *err);
/* The image for this platform among the manifests of an index; what is no index is given
 * back as it is (ret may be m).  ERR_NOT_FOUND "no matching manifest for linux/arm64 in
 * the manifest list entries". */
int registry_manifest_choose(struct registry *r, const char *name,
    struct registry_manifest *m, const char *os, const char *architecture,
    const char *variant, struct err *err);

/* Fetches what fd (of store_incoming_open()) lacks of the blob; never more than size
 * bytes are written.  The digest is not checked here. */
int registry_blob_get(struct registry *r, const char *name, const char *digest,
    int64_t size, int fd, void (*progress)(void *arg, int64_t bytes), void *arg,
    struct err *err);
/* 1 it has it, 0 not. */
int registry_blob_has(
    struct registry *r, const char *name, const char *digest, struct err *err);
/* Asks it to take the blob over from another repository of its own: 1 done, 0 not. */
int registry_blob_mount(struct registry *r, const char *name, const char *digest,
    const char *from, struct err *err);
/* Uploads size bytes of fd, in pieces, and goes on where it was after a broken one. */
int registry_blob_put(struct registry *r, const char *name, const char *digest, int fd,
    int64_t size, void (*progress)(void *arg, int64_t bytes), void *arg, struct err *err);
/* Appends all tags of the repository. */
int registry_tags(
    struct registry *r, const char *name, struct vec *tags, struct err *err);
/* Docker's v1 search: the array "results" of objects with name, description, star_count,
 * is_official.  Gives.  ERR_UNSUPPORTED when it offers none. */
json_t *registry_search(struct registry *r, const char *term, int limit, struct err *err);

/* ---- whole images -------------------------------------------------------------------
 */

/* What happens to one layer. */
enum registry_state {
	REGISTRY_PULLING, /* "Pulling fs layer" */
	REGISTRY_WAITING,
	REGISTRY_DOWNLOADING, /* at of of bytes */
	REGISTRY_VERIFYING,
	REGISTRY_DOWNLOADED,
	REGISTRY_EXTRACTING,
	REGISTRY_PULLED,
	REGISTRY_THERE, /* "Already exists" */
	REGISTRY_PREPARING,
	REGISTRY_PUSHING, /* at of of bytes */
	REGISTRY_PUSHED,
	REGISTRY_KNOWN,   /* "Layer already exists" */
	REGISTRY_MOUNTED, /* "Mounted from X" */
};
struct registry_watch {
	/* id: 64 digits, of what travels (pull) or of the layer (push); from: of
	 * REGISTRY_MOUNTED. */
	void (*layer)(void *arg, const char *id, enum registry_state state, int64_t at,
	    int64_t of, const char *from);
	void *arg;
};

struct registry_image {
	char id[65];                   /* of the image */
	char digest[IMAGE_DIGEST + 1]; /* of the manifest (or index) that the tag names */
	int64_t size;                  /* of the manifest, bytes */
};

struct registry_wish {
	const char *name, *reference;            /* "library/python", "3.9-slim" */
	const char *os, *architecture, *variant; /* variant may be NULL */
	bool (*has)(void *arg, const char *id);  /* is the image there already? */
	void *has_arg;
};
/* Fetches the image into the store; several layers side by side.  It is there as a whole
 * or not at all; blobs that came whole stay for the next try. */
int registry_pull(struct registry *r, struct store *store,
    const struct registry_wish *wish, const struct registry_watch *watch,
    struct registry_image *ret, struct err *err);
/* Sends the image `id` as name:tag. */
int registry_push(struct registry *r, struct store *store, const char *id,
    const char *name, const char *tag, const struct registry_watch *watch,
    struct registry_image *ret, struct err *err);

#endif
