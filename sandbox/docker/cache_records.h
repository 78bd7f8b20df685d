/*
 * cache_records.h - the build cache as buildx lists it (private to the module)
 */
#ifndef DRYDOCK_DOCKER_CACHE_RECORDS_H
#define DRYDOCK_DOCKER_CACHE_RECORDS_H

#include "sandbox/docker/command.h"

enum { CACHE_ID = 25 }; /* as long as BuildKit's */

/* One layer, with all keys that lead to it, or the folder of a --mount=type=cache. */
struct cache_record {
	char parent[65]; /* the chain below */
	char id[CACHE_ID + 1];
	char chain[65];  /* "" for a folder */
	struct vec keys; /* of a folder: the names below store/mounts/MAP */
	char *what;      /* BuildKit's description, or NULL */
	int64_t size;    /* bytes */
	int64_t used;    /* ns, when it was last used */
	int64_t created;
	long long uses;
	bool shared; /* an image of the session stands on it */
	bool in_use; /* a build has the folder now */
};

struct cache_records {
	struct docker *d;
	struct vec chains; /* of the session's images */
	struct cache_record *v;
	size_t len;
};

#define CACHE_RECORDS_INIT \
	{ \
		.chains = VEC_INIT \
	}
#define cleanup_cache_records __attribute__((cleanup(cache_records_done)))
void cache_records_done(struct cache_records *r);
/* The one of the layer, or NULL. */
const struct cache_record *cache_record_of(
    const struct cache_records *r, const char *chain);
/* "regular" or "exec.cachemount". */
const char *cache_record_type(const struct cache_record *r);
/* All, last used first. */
int cache_records_read(struct docker *d, struct cache_records *r, struct err *err);
/* Forgets it: all its keys, or the folder.  What its layer takes up is docker_collect()'s
 * business.  -1 when it is in use. */
int cache_record_remove(struct docker *d, const struct cache_record *r);

/* What --filter says, in buildx' words. */
struct cache_filter {
	int64_t unused_for; /* ns */
	struct vec fields;  /* "type", "regular", ... pairs */
};
#define CACHE_FILTER_INIT \
	{ \
		.fields = VEC_INIT \
	}
#define cleanup_cache_filter __attribute__((cleanup(cache_filter_done)))
void cache_filter_done(struct cache_filter *f);
int cache_filter_read(struct cache_filter *f, const struct opts *o, struct err *err);
bool cache_filter_fits(const struct cache_filter *f, const struct cache_record *r);

#endif
