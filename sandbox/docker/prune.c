/*
 * prune.c - docker container prune, docker image prune
 */
#include "sandbox/docker/command.h"
#include <unistd.h>

bool
docker_confirmed(const struct docker *d, const char *warning)
{
	char line[16] = "";

	if (opts_on(&d->opts, "force"))
		return true;
	printf("WARNING! This will remove %s.\nAre you sure you want to continue? [y/N] ",
	    warning);
	fflush(stdout);
	client_reads(&d->client, false);
	return fgets(line, sizeof line, stdin) != NULL &&
	       (line[0] == 'y' || line[0] == 'Y') && (line[1] == '\n' || line[1] == '\0');
}

int
docker_container_prune(struct docker *d)
{
	struct docker_row *rows = NULL;
	struct err err = ERR_INIT;
	char text[FORMAT_TEXT];
	int64_t freed = 0;
	bool any = false;
	ssize_t n;

	if (!docker_confirmed(d, "all stopped containers"))
		return 0;
	if (docker_session(d, &err) == NULL ||
	    (n = docker_rows(d->session, &rows, &err)) < 0)
		return docker_failed(&err);
	for (ssize_t i = 0; i < n; i++) {
		int64_t size;

		if (rows[i].state.status == CONTAINER_RUNNING)
			continue;
		size = docker_container_size(d->session, rows[i].id);
		if (container_remove(d->session, rows[i].id, false, NULL) < 0)
			continue;
		freed += size > 0 ? size : 0;
		printf(any ? "%s\n" : "Deleted Containers:\n%s\n", rows[i].id);
		any = true;
	}
	docker_rows_free(rows, (size_t)n);
	format_size4((double)freed, text);
	printf("%sTotal reclaimed space: %s\n", any ? "\n" : "", text);
	return 0;
}

/* Is there a container made from the image? */
static bool
is_used(const struct docker_row *rows, ssize_t n, const char *id)
{
	for (ssize_t i = 0; i < n; i++)
		if (str_eq(rows[i].config->image_id, id))
			return true;
	return false;
}

/* Untags and removes one. */
static void
prune_image(struct docker *d, const struct session_image *image, bool *any)
{
	if (session_image_remove(d->session, image->id, NULL) < 0)
		return;
	if (!*any)
		printf("Deleted Images:\n");
	*any = true;
	for (size_t t = 0; t < image->tags.len; t++) {
		cleanup_free char *shown = docker_familiar(image->tags.v[t]);

		printf("untagged: %s\n", shown);
	}
	printf("deleted: sha256:%s\n", image->id);
}

/* Chains of the layers that images of the session stand on. */
static void
collect_chains(struct docker *d, const struct session_images *images, struct vec *ret)
{
	for (size_t i = 0; i < images->len; i++) {
		cleanup_store_image struct store_image facts = STORE_IMAGE_INIT;

		if (store_stat_image(d->store, images->list[i].id, &facts, NULL) < 0)
			continue;
		for (size_t k = 0; k < facts.chains.len; k++)
			if (!vec_has(ret, facts.chains.v[k]))
				vec_add(ret, facts.chains.v[k]);
	}
}

/* Bytes of the layers in `before` that nothing needs any more. */
static int64_t
freed_bytes(struct docker *d, const struct vec *before)
{
	cleanup_session_images struct session_images images = {0};
	cleanup_vec struct vec after = VEC_INIT;
	int64_t sum = 0;

	if (session_images(d->session, &images, NULL) < 0)
		return 0;
	collect_chains(d, &images, &after);
	for (size_t i = 0; i < before->len; i++) {
		struct store_layer layer;

		if (!vec_has(&after, before->v[i]) &&
		    store_layer_find(d->store, before->v[i], &layer, NULL) > 0)
			sum += layer.size;
	}
	return sum;
}

int
docker_image_prune(struct docker *d)
{
	bool all = opts_on(&d->opts, "all"), any = false;
	cleanup_session_images struct session_images images = {0};
	cleanup_vec struct vec chains = VEC_INIT;
	struct docker_row *rows = NULL;
	struct err err = ERR_INIT;
	char text[FORMAT_TEXT];
	ssize_t n;

	if (!docker_confirmed(
		d, all ? "all images without at least one container associated to them"
		       : "all dangling images"))
		return 0;
	if (docker_session(d, &err) == NULL ||
	    session_images(d->session, &images, &err) < 0 ||
	    (n = docker_rows(d->session, &rows, &err)) < 0)
		return docker_failed(&err);
	collect_chains(d, &images, &chains);
	for (size_t i = 0; i < images.len; i++) {
		const struct session_image *image = &images.list[i];
		bool ours = image->tags.len > 0 && docker_is_ours(image->tags.v[0]);

		if (!ours && (all || image->tags.len == 0) &&
		    !is_used(rows, n, image->id))
			prune_image(d, image, &any);
	}
	docker_rows_free(rows, (size_t)n);
	format_size4((double)freed_bytes(d, &chains), text);
	printf("%sTotal reclaimed space: %s\n", any ? "\n" : "", text);
	return 0;
}
