/*
 * inspect.c - docker inspect, docker container inspect, docker image inspect
 *
 * Order of things and exit codes: docker/cli, cli/command/inspect.
 */
#include "sandbox/docker/command.h"
#include <stdlib.h>

enum { TEMPLATE_EXIT = 64 };

json_t *
docker_image_object(struct session *s, const char *id, struct err *err)
{
	cleanup_image_config struct image_config config = IMAGE_CONFIG_INIT;
	cleanup_store_image struct store_image facts = STORE_IMAGE_INIT;
	cleanup_session_images struct session_images images = {0};
	cleanup_vec struct vec tags = VEC_INIT, digests = VEC_INIT;
	char digest[IMAGE_DIGEST + 1];
	struct image_facts f = {.id = digest,
	    .tags = &tags,
	    .repo_digests = &digests,
	    .last_tagged = IMAGE_NO_TIME};

	snprintf(digest, sizeof digest, "sha256:%s", id);
	if (store_read_config(session_store(s), id, &config, err) < 0 ||
	    store_stat_image(session_store(s), id, &facts, err) < 0 ||
	    session_images(s, &images, err) < 0)
		return NULL;
	for (size_t i = 0; i < images.len; i++) {
		const struct session_image *image = &images.list[i];

		if (!str_eq(image->id, id))
			continue;
		f.last_tagged = image->tagged;
		for (size_t t = 0; t < image->tags.len; t++)
			vec_take(&tags, docker_familiar(image->tags.v[t]));
		for (size_t t = 0; t < image->digests.len; t++)
			vec_take(&digests, docker_familiar(image->digests.v[t]));
	}
	f.size = facts.size;
	return image_inspect(&config, &f);
}

static json_t *
get_container(struct session *s, const char *name, struct err *err)
{
	char id[65];

	if (container_find(s, name, id, err) < 0)
		return NULL;
	return container_inspect(s, id, err);
}

static json_t *
get_image(struct session *s, const char *name, struct err *err)
{
	char id[65];

	if (docker_find_image(s, name, id, NULL, err) < 0)
		return NULL;
	return docker_image_object(s, id, err);
}

static const struct kind {
	const char *name;
	json_t *(*get)(struct session *s, const char *name, struct err *err);
} kinds[] = {{"container", get_container}, {"image", get_image},
    {"network", container_network_inspect}, {"volume", container_volume_inspect}};

/* An object of the kind, or of the first kind that has one; *said: already worded. */
static json_t *
find_object(struct session *s, const char *type, const char *name, struct buf *errors)
{
	struct err err = ERR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		json_t *object;

		if (type != NULL && !str_eq(type, kinds[i].name))
			continue;
		err_clear(&err);
		object = kinds[i].get(s, name, &err);
		if (object != NULL)
			return object;
		if (type != NULL ||
		    (err.kind != ERR_NOT_FOUND && err.kind != ERR_INPUT)) {
			buf_addf(errors, "Error response from daemon: %s\n", err.text);
			return NULL;
		}
	}
	buf_addf(errors, "error: no such object: %s\n", name);
	return NULL;
}

/* -s: a container's object with what it has written and with all that it shows, in front
 * of its mounts.  Takes object, gives the new one. */
static json_t *
with_sizes(struct session *s, json_t *object)
{
	const char *id = json_get_str(object, "Id", ""),
		   *image = image_digest_hex(json_get_str(object, "Image", ""));
	cleanup_store_image struct store_image facts = STORE_IMAGE_INIT;
	json_t *ret, *value;
	const char *key;
	int64_t own;

	if (json_object_get(object, "State") == NULL)
		return object;
	own = docker_container_size(s, id);
	if (image != NULL)
		(void)store_stat_image(session_store(s), image, &facts, NULL);
	ret = json_object();
	json_object_foreach(object, key, value)
	{
		if (str_eq(key, "Mounts")) {
			json_object_set_new(ret, "SizeRw", json_integer(own));
			json_object_set_new(
			    ret, "SizeRootFs", json_integer(own + facts.size));
		}
		json_object_set(ret, key, value);
	}
	json_decref(object);
	return ret;
}

static void
add_indented(struct buf *out, const json_t *list)
{
	cleanup_free char *text = NULL;

	if (json_array_size(list) == 0) {
		buf_adds(out, "[]\n");
		return;
	}
	text = json_dumps(list, JSON_INDENT(4));
	buf_addf(out, "%s\n", text);
}

/* One line an object; a bare line end when there was none. */
static int
add_formatted(struct buf *out, const struct format_template *t, const json_t *list,
    struct buf *errors)
{
	struct err err = ERR_INIT;
	size_t i;
	json_t *object;

	json_array_foreach(list, i, object)
	{
		if (format_template_exec(t, FORMAT_STRUCTS, object, NULL, out, &err) <
		    0) {
			buf_addf(errors, "%s\n", err.text);
			break;
		}
		buf_addc(out, '\n');
	}
	if (out->len == 0)
		buf_addc(out, '\n');
	return err.kind != ERR_NONE;
}

/* "json" and "table" are not templates. */
static const char *
template_text(const char *format)
{
	return format != NULL && str_eq(format, "json") ? "{{json .}}" : format;
}

static int
inspect(struct docker *d, const char *type)
{
	const char *text = template_text(opts_str(&d->opts, "format"));
	bool has_sizes = type == NULL || str_eq(type, "container");
	bool sizes = has_sizes && opts_on(&d->opts, "size");
	cleanup_template struct format_template *t = NULL;
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS), errors = BUF_INIT(BUF_OURS);
	cleanup_json json_t *list = json_array();
	struct err err = ERR_INIT;

	if (text != NULL && text[0] != '\0' &&
	    (t = format_template_parse(text, &err)) == NULL) {
		docker_failed(&err);
		return TEMPLATE_EXIT;
	}
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	for (size_t i = 0; i < d->opts.nargs; i++) {
		json_t *object = find_object(d->session, type, d->opts.args[i], &errors);

		if (object != NULL && sizes)
			object = with_sizes(d->session, object);
		if (object != NULL)
			json_array_append_new(list, object);
	}
	if (t != NULL)
		add_formatted(&out, t, list, &errors);
	else
		add_indented(&out, list);
	docker_print(&out);
	fputs(errors.s, stderr);
	return errors.len > 0;
}

int
docker_inspect(struct docker *d)
{
	const char *type = opts_str(&d->opts, "type");

	if (type != NULL && type[0] == '\0')
		type = NULL;
	for (size_t i = 0; type != NULL; i++) {
		if (i == ARRAY_LEN(kinds)) {
			fprintf(stderr, "\"%s\" is not a valid value for --type\n", type);
			return 1;
		}
		if (str_eq(type, kinds[i].name))
			break;
	}
	return inspect(d, type);
}

int
docker_container_inspect(struct docker *d)
{
	return inspect(d, "container");
}

int
docker_image_inspect(struct docker *d)
{
	return inspect(d, "image");
}

int
docker_network_inspect(struct docker *d)
{
	return inspect(d, "network");
}

int
docker_volume_inspect(struct docker *d)
{
	return inspect(d, "volume");
}
