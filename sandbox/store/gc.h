/*
 * gc.h - a collection under way (private to the module)
 */
#ifndef DRYDOCK_STORE_GC_H
#define DRYDOCK_STORE_GC_H

#include "sandbox/store/private.h"

struct gc_layer {
	struct store_layer is;
	bool keep;
};

struct store_gc {
	struct store *store; /* borrowed */
	int lock;
	/* what stays; sorted once all is marked */
	struct vec images, blobs, chains, diffs;
	struct gc_layer *layers; /* all, by chain */
	size_t nlayers;
};

bool gc_has(const struct vec *sorted, const char *name);
/* Its record, or NULL. */
struct gc_layer *gc_layer(const struct store_gc *g, const char *chain);
/* Takes away what is not marked; see store_gc_run(). */
int gc_sweep(struct store_gc *g, struct err *err);

#endif
