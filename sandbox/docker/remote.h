/*
 * remote.h - which registry a name means, and how to get there
 *
 * Private to the docker module; only the program `fetch` links it.
 */
#ifndef DRYDOCK_DOCKER_REMOTE_H
#define DRYDOCK_DOCKER_REMOTE_H

#include "sandbox/docker/authfile.h"
#include "sandbox/docker/command.h"
#include "sandbox/registry/registry.h"

/* Opens the registry of the domain ("docker.io": the hub that the user has chosen) as the
 * user that its config.json names, or as `as` (may be NULL).  Gives. */
int remote_open(struct docker *d, const char *domain, const struct credentials *as,
    struct registry **ret, struct err *err);

/* The hub of this session, where "docker.io" means that one; -1 else.  Borrowed. */
int remote_hub(struct docker *d, const char *domain, struct err *err);

/* What happens to layers, on the user's screen (progress.c): lines on a pipe, bars on a
 * terminal, nothing when quiet. */
struct progress;
struct progress *progress_new(const struct docker *d, FILE *out, bool quiet);
void progress_free(struct progress *p);
void progress_free_p(struct progress **p);
#define cleanup_progress __attribute__((cleanup(progress_free_p)))
struct registry_watch progress_watch(struct progress *p);
/* A line that belongs to no layer. */
void progress_line(struct progress *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Pulls ref (with a tag or digest) into the session.  The lines up to "Digest:" go to
 * p; *ret_new: the name means another image than before.  Errors in the engine's words.
 */
int remote_pull(struct docker *d, struct registry *r, const struct image_ref *ref,
    const char *platform, struct progress *p, bool *ret_new, struct err *err);

#endif
