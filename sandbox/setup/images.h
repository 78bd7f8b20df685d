/*
 * images.h - recipes to images of the store
 */
#ifndef DRYDOCK_SETUP_IMAGES_H
#define DRYDOCK_SETUP_IMAGES_H

#include "sandbox/setup/recipe.h"
#include "sandbox/store/store.h"

struct recipe_name {
	const char *recipe; /* asset "recipes/..." */
	const char *words;  /* how users call the image */
};
/* All images that setup makes, in the order to make them (bases before). */
extern const struct recipe_name images_all[];
extern const size_t images_count;

/* Is the image that the recipe makes in the library, under the id that it must have, with
 * all its layers? */
bool images_is_made(struct store *s, const char *recipe);
/* Makes the image with the kitchen k (fresh, or holding the recipe's base), checks its
 * id, and puts it into the library.  ret_id has 65 bytes. */
int images_make(struct store *s, struct kitchen *k, const char *recipe, char *ret_id,
    struct err *err);

#endif
