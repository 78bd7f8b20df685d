/*
 * config_encode.c - a struct image_config to the bytes whose SHA-256 is the image id
 *
 * Members at the top are sorted and the rest keeps the order of the Go structs:
 * BuildKit's exporter takes the config apart into a map and puts it together
 * again, so this is the order of every image it makes.
 */
#include "sandbox/image/private.h"

static void
put_time(json_t *object, const char *key, int64_t t)
{
	char text[CLOCK_TEXT];

	if (t == IMAGE_NO_TIME)
		return;
	clock_format(t, text);
	json_object_set_new(object, key, json_string(text));
}

static json_t *
run_object(const struct image_config *c)
{
	json_t *j = json_object();

	image_put_text(j, "User", c->user);
	if (c->exposed_ports.len > 0)
		json_object_set_new(
		    j, "ExposedPorts", image_set_object(&c->exposed_ports));
	image_put_list(j, "Env", &c->env);
	image_put_list(j, "Entrypoint", &c->entrypoint);
	image_put_list(j, "Cmd", &c->cmd);
	if (c->volumes.len > 0)
		json_object_set_new(j, "Volumes", image_set_object(&c->volumes));
	image_put_text(j, "WorkingDir", c->working_dir);
	if (c->labels.len > 0)
		json_object_set_new(j, "Labels", image_labels_object(&c->labels));
	image_put_text(j, "StopSignal", c->stop_signal);
	if (c->args_escaped)
		json_object_set_new(j, "ArgsEscaped", json_true());
	if (c->health.set)
		json_object_set_new(j, "Healthcheck", image_health_object(&c->health));
	image_put_list(j, "OnBuild", &c->on_build);
	image_put_list(j, "Shell", &c->shell);
	return j;
}

static json_t *
history_object(const struct image_history *h)
{
	json_t *j = json_object();

	put_time(j, "created", h->created);
	image_put_text(j, "created_by", h->created_by);
	image_put_text(j, "author", h->author);
	image_put_text(j, "comment", h->comment);
	if (h->empty_layer)
		json_object_set_new(j, "empty_layer", json_true());
	return j;
}

char *
image_config_encode(const struct image_config *c, size_t *ret_len)
{
	json_t *j = json_object(), *history = json_array(), *rootfs = json_object();

	for (size_t i = 0; i < c->nhistory; i++)
		json_array_append_new(history, history_object(&c->history[i]));
	json_object_set_new(rootfs, "type", json_string("layers"));
	json_object_set_new(rootfs, "diff_ids", image_text_list(&c->diff_ids));

	json_object_set_new(j, "architecture",
	    image_text(c->architecture != NULL ? c->architecture : ""));
	image_put_text(j, "author", c->author);
	json_object_set_new(j, "config", run_object(c));
	put_time(j, "created", c->created);
	json_object_set_new(j, "history", history);
	json_object_set_new(j, "os", image_text(c->os != NULL ? c->os : ""));
	image_put_text(j, "os.version", c->os_version);
	json_object_set_new(j, "rootfs", rootfs);
	image_put_text(j, "variant", c->variant);
	return image_json_text(j, 0, ret_len);
}
