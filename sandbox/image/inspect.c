/*
 * inspect.c - the object that `docker image inspect` prints (engine 26.1)
 */
#include "sandbox/image/private.h"

static const char go_zero_time[] = "0001-01-01T00:00:00Z";

static json_t *
time_text(int64_t t)
{
	char text[CLOCK_TEXT];

	if (t == IMAGE_NO_TIME)
		return json_string(go_zero_time);
	clock_format(t, text);
	return json_string(text);
}

static json_t *
text_or_empty(const char *s)
{
	return image_text(s != NULL ? s : "");
}

/* A Go slice or map without content is null. */
static json_t *
list_or_null(const struct vec *v)
{
	return v->len > 0 ? image_text_list(v) : json_null();
}

json_t *
image_inspect_config(const struct image_config *c)
{
	json_t *j = json_object();

	json_object_set_new(j, "Hostname", json_string(""));
	json_object_set_new(j, "Domainname", json_string(""));
	json_object_set_new(j, "User", text_or_empty(c->user));
	json_object_set_new(j, "AttachStdin", json_false());
	json_object_set_new(j, "AttachStdout", json_false());
	json_object_set_new(j, "AttachStderr", json_false());
	if (c->exposed_ports.len > 0)
		json_object_set_new(
		    j, "ExposedPorts", image_set_object(&c->exposed_ports));
	json_object_set_new(j, "Tty", json_false());
	json_object_set_new(j, "OpenStdin", json_false());
	json_object_set_new(j, "StdinOnce", json_false());
	json_object_set_new(j, "Env", list_or_null(&c->env));
	json_object_set_new(j, "Cmd", list_or_null(&c->cmd));
	if (c->health.set)
		json_object_set_new(j, "Healthcheck", image_health_object(&c->health));
	if (c->args_escaped)
		json_object_set_new(j, "ArgsEscaped", json_true());
	json_object_set_new(j, "Image", json_string(""));
	json_object_set_new(j, "Volumes",
	    c->volumes.len > 0 ? image_set_object(&c->volumes) : json_null());
	json_object_set_new(j, "WorkingDir", text_or_empty(c->working_dir));
	json_object_set_new(j, "Entrypoint", list_or_null(&c->entrypoint));
	json_object_set_new(j, "OnBuild", list_or_null(&c->on_build));
	json_object_set_new(j, "Labels",
	    c->labels.len > 0 ? image_labels_object(&c->labels) : json_null());
	image_put_text(j, "StopSignal", c->stop_signal);
	image_put_list(j, "Shell", &c->shell);
	return j;
}

static json_t *
graph_driver(const struct image_facts *facts)
{
	json_t *j = json_object();

	json_object_set_new(j, "Data",
	    facts->driver_data != NULL ? json_deep_copy(facts->driver_data)
				       : json_null());
	json_object_set_new(
	    j, "Name", image_text(facts->driver != NULL ? facts->driver : "overlay2"));
	return j;
}

static json_t *
rootfs_object(const struct image_config *c)
{
	json_t *j = json_object();

	json_object_set_new(j, "Type", json_string("layers"));
	image_put_list(j, "Layers", &c->diff_ids);
	return j;
}

/* The newest comment and the config's own author are the image's. */
static const char *
comment_of(const struct image_config *c)
{
	return c->nhistory > 0 ? c->history[c->nhistory - 1].comment : NULL;
}

json_t *
image_inspect(const struct image_config *c, const struct image_facts *facts)
{
	static const struct vec none = VEC_INIT;
	json_t *j = json_object(), *metadata = json_object();

	json_object_set_new(j, "Id", text_or_empty(facts->id));
	json_object_set_new(
	    j, "RepoTags", image_text_list(facts->tags != NULL ? facts->tags : &none));
	json_object_set_new(j, "RepoDigests",
	    image_text_list(facts->repo_digests != NULL ? facts->repo_digests : &none));
	json_object_set_new(j, "Parent", text_or_empty(facts->parent));
	json_object_set_new(j, "Comment", text_or_empty(comment_of(c)));
	json_object_set_new(j, "Created", time_text(c->created));
	json_object_set_new(j, "DockerVersion", json_string(""));
	json_object_set_new(j, "Author", text_or_empty(c->author));
	json_object_set_new(j, "Config", image_inspect_config(c));
	json_object_set_new(j, "Architecture", text_or_empty(c->architecture));
	image_put_text(j, "Variant", c->variant);
	json_object_set_new(j, "Os", text_or_empty(c->os));
	image_put_text(j, "OsVersion", c->os_version);
	json_object_set_new(j, "Size", json_integer(facts->size));
	json_object_set_new(j, "GraphDriver", graph_driver(facts));
	json_object_set_new(j, "RootFS", rootfs_object(c));
	json_object_set_new(metadata, "LastTagTime", time_text(facts->last_tagged));
	json_object_set_new(j, "Metadata", metadata);
	return j;
}
