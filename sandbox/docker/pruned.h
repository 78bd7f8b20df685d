/*
 * pruned.h - what the prune commands have in common (private to the module)
 */
#ifndef DRYDOCK_DOCKER_PRUNED_H
#define DRYDOCK_DOCKER_PRUNED_H

#include "sandbox/docker/command.h"

/* What one kind's pruning did: "Deleted Containers:\n..." or nothing. */
struct pruned {
	struct buf text;
	int64_t freed; /* bytes */
};
#define PRUNED_INIT \
	{ \
		.text = BUF_INIT(BUF_OURS) \
	}
#define cleanup_pruned __attribute__((cleanup(pruned_done)))
void pruned_done(struct pruned *p);

/* What --filter says; `more` beside label and label! is what the kind knows.  ERR_INPUT
 * "invalid filter 'x'". */
struct prune_filter {
	const struct opts *opts;
	int64_t until; /* ns, 0: not given */
};
int prune_filter_read(struct prune_filter *f, const struct opts *o,
    const char *const *known, struct err *err);
/* labels "k=v"; created in ns, 0: never compared. */
bool prune_filter_fits(
    const struct prune_filter *f, const struct vec *labels, int64_t created);

/* The session is open.  0, or -1 in the engine's words. */
int prune_containers(struct docker *d, struct pruned *p, struct err *err);
int prune_images(struct docker *d, bool all, struct pruned *p, struct err *err);
int prune_volumes(struct docker *d, bool all, struct pruned *p, struct err *err);
int prune_networks(struct docker *d, struct pruned *p, struct err *err);
/* The build cache (builder.c). */
int prune_cache(struct docker *d, bool all, struct pruned *p, struct err *err);
/* docker_confirmed() with the whole warning. */
bool prune_confirmed(const struct docker *d, const char *question);
/* Prints the text, and how much is free now; the exit code. */
int prune_say(const struct pruned *p);

#endif
