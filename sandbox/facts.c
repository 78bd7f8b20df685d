/*
 * facts.c - images and containers as they are now
 *
 * Reads tables and records only: no process is started, nothing is locked, so that the
 * tutor may ask after every command.
 */
#include "sandbox/build/build.h"
#include "sandbox/image/image.h"
#include "sandbox/offline/offline.h"
#include "sandbox/private.h"
#include <dirent.h>
#include <fcntl.h>

#define OURS "drydock.internal/" /* domain of images that are never listed */

bool
sandbox_same_name(const char *a, const char *b)
{
	cleanup_image_ref struct image_ref x = IMAGE_REF_INIT, y = IMAGE_REF_INIT;
	cleanup_free char *s = NULL, *t = NULL;

	if (image_ref_parse_tagged(a, &x, NULL) < 0 ||
	    image_ref_parse_tagged(b, &y, NULL) < 0)
		return str_eq(a, b);
	s = image_ref_canonical(&x);
	t = image_ref_canonical(&y);
	return str_eq(s, t);
}

/* By reference, else by id or its unique beginning: 1 found, 0 not, -1. */
static int
find_image(struct sandbox *s, const char *name, char id[65], struct err *err)
{
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	cleanup_session_images struct session_images images = {0};
	const char *hex = str_after(name, "sha256:");
	int found = 0;

	if (image_ref_parse_tagged(name, &ref, NULL) == 0) {
		cleanup_free char *key = image_ref_canonical(&ref);

		found = session_tag_get(s->session, key, id, err);
	}
	if (found != 0 || !image_is_id_prefix(name))
		return found;
	if (session_images(s->session, &images, err) < 0)
		return -1;
	for (size_t i = 0; i < images.len; i++)
		if (str_starts(images.list[i].id, hex != NULL ? hex : name)) {
			memcpy(id, images.list[i].id, 65);
			found++;
		}
	return found == 1;
}

static json_t *
history(const struct image_config *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->nhistory; i++)
		json_array_append_new(
		    list, json_pack("{s:s, s:b}", "by",
			      c->history[i].created_by ? c->history[i].created_by : "",
			      "empty", c->history[i].empty_layer));
	return list;
}

/* The base's own counts, or NULL when it is not here or not below c. */
static json_t *
base_counts(
    struct sandbox *s, const char *id, const char *ref, const struct image_config *c)
{
	cleanup_image_config struct image_config base = IMAGE_CONFIG_INIT;

	if (store_read_config(s->store, id, &base, NULL) < 0 ||
	    base.diff_ids.len > c->diff_ids.len)
		return NULL;
	for (size_t i = 0; i < base.diff_ids.len; i++)
		if (!str_eq(base.diff_ids.v[i], c->diff_ids.v[i]))
			return NULL;
	return json_pack("{s:s, s:i, s:i}", "ref", ref, "layers", (int)base.diff_ids.len,
	    "history", (int)base.nhistory);
}

static json_t *
base_by_record(struct sandbox *s, const char *id, const struct image_config *c)
{
	struct err ignored = ERR_INIT;
	cleanup_json json_t *record = build_record(s->store, id, &ignored);
	const char *base = json_get_str(record, "base", ""),
		   *ref = json_get_str(record, "base_ref", "");

	if (record == NULL)
		return NULL;
	if (str_eq(ref, "scratch"))
		return json_pack(
		    "{s:s, s:i, s:i}", "ref", ref, "layers", 0, "history", 0);
	return *base != '\0' ? base_counts(s, base, ref, c) : NULL;
}

/* The local image with most layers that lies below this one. */
static json_t *
base_by_layers(struct sandbox *s, const char *id, const struct image_config *c)
{
	cleanup_session_images struct session_images images = {0};
	json_t *best = NULL;

	if (session_images(s->session, &images, NULL) < 0)
		return NULL;
	for (size_t i = 0; i < images.len; i++) {
		const struct session_image *other = &images.list[i];
		json_t *base;

		if (str_eq(other->id, id))
			continue;
		base = base_counts(
		    s, other->id, other->tags.len > 0 ? other->tags.v[0] : other->id, c);
		if (base == NULL || json_get_int(base, "layers", 0) == 0 ||
		    json_get_int(base, "layers", 0) <= json_get_int(best, "layers", 0) ||
		    json_get_int(base, "layers", 0) == (long long)c->diff_ids.len) {
			json_decref(base);
			continue;
		}
		json_decref(best);
		best = base;
	}
	return best;
}

json_t *
sandbox_fact_image(struct sandbox *s, const char *name, struct err *err)
{
	cleanup_image_config struct image_config config = IMAGE_CONFIG_INIT;
	cleanup_store_image struct store_image image = STORE_IMAGE_INIT;
	char id[65];
	int found = find_image(s, name, id, err);
	json_t *fact, *base;

	if (found < 0)
		return NULL;
	if (found == 0)
		return json_pack("{s:b}", "exists", 0);
	if (store_read_config(s->store, id, &config, err) < 0 ||
	    store_stat_image(s->store, id, &image, err) < 0)
		return NULL;
	fact = json_pack("{s:b, s:s, s:I, s:i, s:o, s:o}", "exists", 1, "id", id, "size",
	    (json_int_t)image.size, "layers", (int)config.diff_ids.len, "config",
	    image_inspect_config(&config), "history", history(&config));
	base = base_by_record(s, id, &config);
	if (base == NULL)
		base = base_by_layers(s, id, &config);
	if (base != NULL)
		json_object_set_new(fact, "base", base);
	return fact;
}

json_t *
sandbox_fact_images(struct sandbox *s, struct err *err)
{
	cleanup_session_images struct session_images images = {0};
	json_t *list;

	if (session_images(s->session, &images, err) < 0)
		return NULL;
	list = json_array();
	for (size_t i = 0; i < images.len; i++) {
		json_t *names = json_array();
		bool ours = false;

		for (size_t k = 0; k < images.list[i].tags.len; k++) {
			cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
			cleanup_free char *shown = NULL;
			const char *tag = images.list[i].tags.v[k];

			ours |= str_starts(tag, OURS);
			if (image_ref_parse(tag, &ref, NULL) == 0)
				shown = image_ref_familiar(&ref);
			json_array_append_new(names, json_string(shown ? shown : tag));
		}
		if (ours)
			json_decref(names);
		else
			json_array_append_new(
			    list, json_pack("{s:s, s:o}", "id", images.list[i].id,
				      "names", names));
	}
	return list;
}

/* ---- containers ---- */

static json_t *
ports(const struct container_state *state)
{
	json_t *list = json_array();
	char port[24];

	for (size_t i = 0; i < state->nports; i++) {
		snprintf(port, sizeof port, "%u/%s", state->ports[i].container_port,
		    state->ports[i].proto);
		json_array_append_new(list, json_pack("{s:s, s:i}", "port", port, "host",
						state->ports[i].host_port));
	}
	return list;
}

static json_t *
container(struct sandbox *s, const char *id, struct err *err)
{
	static const char *const words[] = {[CONTAINER_CREATED] = "created",
	    [CONTAINER_RUNNING] = "running",
	    [CONTAINER_EXITED] = "exited"};
	cleanup_container_config struct container_config *c = NULL;
	cleanup_container_state struct container_state state = {0};
	json_t *fact, *command;

	if (container_load(s->session, id, &c, err) < 0 ||
	    container_state(s->session, id, &state, err) < 0)
		return NULL;
	command = json_from_vec(&c->entrypoint);
	for (size_t i = 0; i < c->cmd.len; i++)
		json_array_append_new(command, json_string(c->cmd.v[i]));
	fact = json_pack("{s:b, s:s, s:s, s:s, s:s, s:s, s:i, s:I, s:b, s:o, s:o}",
	    "exists", 1, "id", c->id, "name", c->name ? c->name : "", "image",
	    c->image ? c->image : "", "image_id", c->image_id, "status",
	    words[state.status], "exit_code", state.exit_code, "started",
	    (json_int_t)state.started_at, "auto_remove", c->auto_remove, "command",
	    command, "ports", ports(&state));
	if (state.error != NULL && *state.error != '\0')
		json_object_set_new(fact, "error", json_string(state.error));
	return fact;
}

json_t *
sandbox_fact_container(struct sandbox *s, const char *name, struct err *err)
{
	char id[65];
	struct err why = ERR_INIT;

	if (container_find(s->session, name, id, &why) == 0)
		return container(s, id, err);
	if (why.kind == ERR_NOT_FOUND)
		return json_pack("{s:b}", "exists", 0);
	*err = why;
	return NULL;
}

json_t *
sandbox_fact_containers(struct sandbox *s, struct err *err)
{
	cleanup_vec struct vec ids = VEC_INIT;
	json_t *list;

	if (container_list(s->session, &ids, err) < 0)
		return NULL;
	list = json_array();
	for (size_t i = 0; i < ids.len; i++) {
		/* one that goes away meanwhile is not there */
		json_t *one = container(s, ids.v[i], NULL);

		if (one != NULL)
			json_array_append_new(list, one);
	}
	return list;
}

struct tail {
	struct buf text;
	size_t max;
};

static bool
keep_tail(void *arg, int stream, const char *text, size_t len)
{
	struct tail *t = arg;

	(void)stream;
	buf_add(&t->text, text, len);
	if (t->text.len > t->max)
		buf_eat(&t->text, t->text.len - t->max);
	return true;
}

json_t *
sandbox_fact_log(struct sandbox *s, const char *name, size_t max, struct err *err)
{
	struct container_log_opts o = {.tail = -1};
	struct tail tail = {.text = BUF_INIT(BUF_OURS), .max = max};
	json_t *text = NULL;
	char id[65];

	if (container_find(s->session, name, id, err) == 0 &&
	    container_logs(s->session, id, &o, keep_tail, &tail, err) == 0) {
		text = json_stringn(tail.text.s, tail.text.len);
		if (text == NULL) /* not UTF-8 */
			text = json_string("");
	}
	buf_done(&tail.text);
	return text;
}
