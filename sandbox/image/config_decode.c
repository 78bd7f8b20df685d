/*
 * config_decode.c - image config JSON (OCI image spec, and Docker's additions) to a
 * struct
 */
#include "sandbox/image/private.h"
#include <stddef.h>

static int
decode_health(const json_t *config, struct image_health *health, struct err *err)
{
	const json_t *j;

	if (image_json_object(config, "Healthcheck", &j, err) < 0)
		return -1;
	if (j == NULL)
		return 0;
	health->set = true;
	if (image_json_list(j, "Test", &health->test, err) < 0 ||
	    image_json_int(j, "Interval", &health->interval, err) < 0 ||
	    image_json_int(j, "Timeout", &health->timeout, err) < 0 ||
	    image_json_int(j, "StartPeriod", &health->start_period, err) < 0 ||
	    image_json_int(j, "StartInterval", &health->start_interval, err) < 0)
		return -1;
	return image_json_int(j, "Retries", &health->retries, err);
}

/* The member "config": what a container starts with. */
static int
decode_run(const json_t *j, struct image_config *c, struct err *err)
{
	if (image_json_str(j, "User", &c->user, err) < 0 ||
	    image_json_str(j, "WorkingDir", &c->working_dir, err) < 0 ||
	    image_json_str(j, "StopSignal", &c->stop_signal, err) < 0 ||
	    image_json_map(j, "ExposedPorts", false, &c->exposed_ports, err) < 0 ||
	    image_json_map(j, "Volumes", false, &c->volumes, err) < 0 ||
	    image_json_map(j, "Labels", true, &c->labels, err) < 0 ||
	    image_json_list(j, "Env", &c->env, err) < 0 ||
	    image_json_list(j, "Entrypoint", &c->entrypoint, err) < 0 ||
	    image_json_list(j, "Cmd", &c->cmd, err) < 0 ||
	    image_json_list(j, "OnBuild", &c->on_build, err) < 0 ||
	    image_json_list(j, "Shell", &c->shell, err) < 0 ||
	    image_json_bool(j, "ArgsEscaped", &c->args_escaped, err) < 0)
		return -1;
	return decode_health(j, &c->health, err);
}

static int
decode_rootfs(const json_t *j, struct image_config *c, struct err *err)
{
	const json_t *rootfs;

	if (image_json_object(j, "rootfs", &rootfs, err) < 0 ||
	    image_json_list(rootfs, "diff_ids", &c->diff_ids, err) < 0)
		return -1;
	if (c->diff_ids.len > IMAGE_LAYERS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d layers", IMAGE_LAYERS_MAX);
	for (size_t i = 0; i < c->diff_ids.len; i++)
		if (!image_is_digest(c->diff_ids.v[i]))
			return err_set(err, ERR_CORRUPT, "diff id %zu is no digest", i);
	return 0;
}

static int
decode_history_entry(const json_t *j, struct image_config *c, struct err *err)
{
	struct image_history *h;

	if (!json_is_object(j))
		return err_set(err, ERR_CORRUPT, "a history entry is not an object");
	image_config_add_history(c, IMAGE_NO_TIME, NULL, NULL, false);
	h = &c->history[c->nhistory - 1];
	if (image_json_time(j, "created", &h->created, err) < 0 ||
	    image_json_str(j, "created_by", &h->created_by, err) < 0 ||
	    image_json_str(j, "author", &h->author, err) < 0 ||
	    image_json_str(j, "comment", &h->comment, err) < 0)
		return -1;
	return image_json_bool(j, "empty_layer", &h->empty_layer, err);
}

static int
decode_history(const json_t *j, struct image_config *c, struct err *err)
{
	const json_t *list;
	size_t layers = 0;

	if (image_json_array(j, "history", &list, err) < 0)
		return -1;
	if (json_array_size(list) > IMAGE_HISTORY_MAX)
		return err_set(
		    err, ERR_LIMIT, "more than %d history entries", IMAGE_HISTORY_MAX);
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (decode_history_entry(json_array_get(list, i), c, err) < 0)
			return -1;
		layers += !c->history[i].empty_layer;
	}
	if (layers > c->diff_ids.len)
		return err_set(
		    err, ERR_CORRUPT, "too many non-empty layers in History section");
	return 0;
}

static int
decode(const json_t *j, struct image_config *c, struct err *err)
{
	const json_t *run;

	if (image_json_time(j, "created", &c->created, err) < 0 ||
	    image_json_str(j, "author", &c->author, err) < 0 ||
	    image_json_str(j, "architecture", &c->architecture, err) < 0 ||
	    image_json_str(j, "variant", &c->variant, err) < 0 ||
	    image_json_str(j, "os", &c->os, err) < 0 ||
	    image_json_str(j, "os.version", &c->os_version, err) < 0 ||
	    image_json_object(j, "config", &run, err) < 0)
		return -1;
	if (run != NULL && decode_run(run, c, err) < 0)
		return -1;
	if (decode_rootfs(j, c, err) < 0)
		return -1;
	return decode_history(j, c, err);
}

int
image_config_decode(
    const char *json, size_t len, struct image_config *ret, struct err *err)
{
	cleanup_json json_t *j = image_json_load(json, len, false, "image config", err);
	cleanup_image_config struct image_config c = IMAGE_CONFIG_INIT;

	if (j == NULL)
		return -1;
	if (decode(j, &c, err) < 0)
		return err_while(err, "image config");
	image_config_done(ret);
	*ret = c;
	c = (struct image_config)IMAGE_CONFIG_INIT;
	return 0;
}
