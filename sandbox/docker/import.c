/*
 * import.c - docker import: the files of a tar become an image with one layer
 */
#include "sandbox/docker/made.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static bool
is_url(const char *source)
{
	return str_starts(source, "http://") || str_starts(source, "https://");
}

/* "linux/arm64": what the image says that it is for. */
static int
take_platform(struct image_config *config, const char *text, struct err *err)
{
	cleanup_vec struct vec parts = VEC_INIT;

	image_set(&config->os, "linux");
	image_set(&config->architecture, docker_architecture());
	if (text == NULL || *text == '\0')
		return 0;
	vec_split(&parts, text, "/");
	if (parts.len == 1 && !str_eq(parts.v[0], "linux")) {
		image_set(&config->architecture, parts.v[0]);
		return 0;
	}
	if (parts.len < 1 || parts.len > 3 || !str_eq(parts.v[0], "linux"))
		return err_set(err, ERR_INPUT, "operating system is not supported");
	if (parts.len > 1)
		image_set(&config->architecture, parts.v[1]);
	if (parts.len > 2)
		image_set(&config->variant, parts.v[2]);
	return 0;
}

static int
import(struct docker *d, int fd, const struct image_ref *ref, struct err *err)
{
	cleanup_image_config struct image_config config = IMAGE_CONFIG_INIT;
	const char *message = opts_str(&d->opts, "message");
	cleanup_hold struct store *held = store_hold(d->store, err);
	struct store_layer layer;
	char id[65];

	if (held == NULL ||
	    take_platform(&config, opts_str(&d->opts, "platform"), err) < 0 ||
	    made_change(d, &config, err) < 0 ||
	    store_layer_unpack(d->store, "", fd, NULL, true, &layer, err) < 0)
		return -1;
	vec_addf(&config.diff_ids, "sha256:%s", layer.diff);
	config.created = clock_now();
	image_config_add_history(&config, config.created, NULL,
	    message != NULL && *message != '\0' ? message : "Imported from -", false);
	if (made_image(d, &config, ref, id, err) < 0)
		return -1;
	docker_image_event(d->session, "import", id, NULL);
	return 0;
}

int
docker_import(struct docker *d)
{
	const char *source = d->opts.args[0];
	const char *name = d->opts.nargs > 1 ? d->opts.args[1] : "";
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	struct err err = ERR_INIT;
	cleanup_fd int file = -1;

	if (is_url(source)) {
		err_set(&err, ERR_UNSUPPORTED,
		    "Get \"%s\": Drydock works without a network: fetch the file first",
		    source);
		return docker_refused(&err);
	}
	if (!str_eq(source, "-")) {
		file = client_open(&d->client, source, O_RDONLY, 0);
		if (file < 0) {
			fprintf(
			    stderr, "open %s: %s\n", source, docker_errno_text(errno));
			return 1;
		}
	} else {
		client_reads(&d->client, true);
	}
	if (name[0] != '\0' && made_ref(name, &ref, &err) < 0)
		return docker_failed(&err);
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	return import(d, file >= 0 ? file : STDIN_FILENO, name[0] != '\0' ? &ref : NULL,
		   &err) < 0
		   ? docker_refused(&err)
		   : 0;
}
