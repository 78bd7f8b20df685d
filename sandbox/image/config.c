/*
 * config.c - the life of a struct image_config: made, copied, added to, freed
 */
#include "sandbox/image/private.h"
#include <stddef.h>
#include <stdlib.h>

void
image_set(char **member, const char *value)
{
	char *fresh = value != NULL ? xstrdup(value) : NULL;

	free(*member);
	*member = fresh;
}

static const size_t strings[] = {
    offsetof(struct image_config, author),
    offsetof(struct image_config, architecture),
    offsetof(struct image_config, variant),
    offsetof(struct image_config, os),
    offsetof(struct image_config, os_version),
    offsetof(struct image_config, user),
    offsetof(struct image_config, working_dir),
    offsetof(struct image_config, stop_signal),
};

static const size_t lists[] = {
    offsetof(struct image_config, exposed_ports),
    offsetof(struct image_config, env),
    offsetof(struct image_config, entrypoint),
    offsetof(struct image_config, cmd),
    offsetof(struct image_config, volumes),
    offsetof(struct image_config, labels),
    offsetof(struct image_config, on_build),
    offsetof(struct image_config, shell),
    offsetof(struct image_config, health.test),
    offsetof(struct image_config, diff_ids),
};

static char **
string_at(struct image_config *config, size_t i)
{
	return (char **)(void *)((char *)config + strings[i]);
}

static struct vec *
list_at(struct image_config *config, size_t i)
{
	return (struct vec *)(void *)((char *)config + lists[i]);
}

void
image_config_done(struct image_config *config)
{
	for (size_t i = 0; i < ARRAY_LEN(strings); i++)
		free(*string_at(config, i));
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		vec_done(list_at(config, i));
	for (size_t i = 0; i < config->nhistory; i++) {
		free(config->history[i].created_by);
		free(config->history[i].comment);
		free(config->history[i].author);
	}
	free(config->history);
	*config = (struct image_config)IMAGE_CONFIG_INIT;
}

void
image_config_copy(struct image_config *to, const struct image_config *from)
{
	struct image_config copy = IMAGE_CONFIG_INIT;
	/* Only read: the helpers above serve both sides. */
	struct image_config *source = (struct image_config *)from;

	copy.created = from->created;
	copy.args_escaped = from->args_escaped;
	copy.health = from->health;
	copy.health.test = (struct vec)VEC_INIT;
	for (size_t i = 0; i < ARRAY_LEN(strings); i++)
		image_set(string_at(&copy, i), *string_at(source, i));
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		vec_add_all(list_at(&copy, i), list_at(source, i)->v);
	for (size_t i = 0; i < from->nhistory; i++) {
		const struct image_history *h = &from->history[i];

		image_config_add_history(
		    &copy, h->created, h->created_by, h->comment, h->empty_layer);
		image_set(&copy.history[i].author, h->author);
	}
	image_config_done(to);
	*to = copy;
}

void
image_config_cut_history(struct image_config *config, size_t n)
{
	while (config->nhistory > n) {
		struct image_history *h = &config->history[--config->nhistory];

		free(h->created_by);
		free(h->comment);
		free(h->author);
	}
}

void
image_config_add_history(struct image_config *config, int64_t created,
    const char *created_by, const char *comment, bool empty_layer)
{
	struct image_history *h;

	if (config->nhistory == config->history_cap) {
		config->history_cap =
		    config->history_cap > 0 ? 2 * config->history_cap : 8;
		config->history = xrealloc(
		    config->history, config->history_cap * sizeof *config->history);
	}
	h = &config->history[config->nhistory++];
	*h = (struct image_history){.created = created, .empty_layer = empty_layer};
	image_set(&h->created_by, created_by);
	image_set(&h->comment, comment);
}
