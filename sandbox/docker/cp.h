/*
 * cp.h - one end of a `docker cp`: where, and what is there (private to the module)
 *
 * Files go as a tar from one end to the other: who may read the one may not write the
 * other.
 */
#ifndef DRYDOCK_DOCKER_CP_H
#define DRYDOCK_DOCKER_CP_H

#include "sandbox/docker/command.h"
#include "sandbox/docker/cp_path.h"
#include <sys/stat.h>

struct cp {
	struct docker *d;
	const char *name; /* of the container, as written */
	char id[65];
	bool archive, follow, quiet;
};

/* A path and what lies there. */
struct cp_place {
	char *path; /* as it counts: absolute, with the trailing '/' or '/.' of what was
		       written; a container's may be relative */
	bool exists, folder;
	mode_t mode;
	char *link; /* where a link leads in the end, or NULL */
};
void cp_place_done(struct cp_place *p);
#define cleanup_cp_place __attribute__((cleanup(cp_place_done)))

/* Looks at path inside the container, a link at its end not followed. */
int cp_look(const struct cp *c, const char *path, struct cp_place *ret, struct err *err);
/* How an archive's entries called `base` (the source is a folder or not) must be put to
 * become dest: *ret_dir is the folder, *ret_as their name there (NULL: as they are).
 * ERR_INPUT in Docker's words. */
int cp_rename(bool folder, const struct cp_place *dest, char **ret_dir, char **ret_as,
    struct err *err);

/* All return the exit code, everything said. */
int cp_in(struct cp *c, const char *source, const char *dest);
int cp_out(struct cp *c, const char *source, const char *dest);
/* "Successfully copied 2.05kB to web:/x". */
void cp_say(const struct cp *c, uint64_t bytes, const char *where, const char *path);

#endif
