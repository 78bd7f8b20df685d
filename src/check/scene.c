/*
 * scene.c - what lies around, for the coach
 *
 * Asked for only when a row of the coach's table looks like fitting.
 */
#include "src/check/private.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES_MAX = 500, TEXT_MAX = 64 << 10, LOG_MAX = 4096, LOGS = 5 };

static void
put(json_t *scene, const char *key, json_t *value)
{
	if (value != NULL)
		json_object_set_new(scene, key, value);
}

/* Names in the folder, and which of its folders hold a Dockerfile. */
static void
add_names(json_t *scene, int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	json_t *files = json_array(), *below = json_array();
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL &&
	       json_array_size(files) < NAMES_MAX) {
		cleanup_free char *inner = xasprintf("%s/Dockerfile", e->d_name);
		json_t *name = json_string(e->d_name);

		if (str_eq(e->d_name, ".") || str_eq(e->d_name, "..") || name == NULL) {
			json_decref(name);
			continue;
		}
		json_array_append(files, name);
		if (faccessat(dirfd(dir), inner, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			json_array_append(below, name);
		json_decref(name);
	}
	put(scene, "files", files);
	put(scene, "below", below);
}

static json_t *
text_of(int folder, const char *name)
{
	cleanup_fd int fd =
	    fd_open_in_nofollow(folder, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
	cleanup_buf struct buf text = BUF_INIT(TEXT_MAX);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	while (text.len < text.max && buf_read(&text, fd, text.max - text.len) > 0)
		continue;
	return json_stringn(text.s, text.len);
}

static void
add_files(struct check_world *w, const char *cwd, json_t *scene)
{
	cleanup_free char *at = place_below(w, cwd != NULL ? cwd : w->workspace);
	cleanup_fd int folder =
	    at == NULL ? -1
		       : fd_open_in(w->folder, at, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	cleanup_json json_t *text = NULL;
	cleanup_fd int outer = -1;

	if (folder < 0)
		return;
	add_names(scene, folder);
	text = text_of(folder, "Dockerfile");
	if (text != NULL)
		put(scene, "dockerfile",
		    sandbox_fact_dockerfile(
			json_string_value(text), json_string_length(text)));
	put(scene, "requirements", text_of(folder, "requirements.txt"));
	if (!str_eq(at, ".")) {
		cleanup_free char *up = path_join(at, "..");

		outer = fd_open_in(w->folder, up, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	}
	if (outer >= 0 && faccessat(outer, "Dockerfile", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		put(scene, "above", json_string("Dockerfile"));
}

/* The newest containers' last words. */
static json_t *
logs(struct check_world *w, const json_t *containers)
{
	json_t *all = json_object();

	for (size_t i = 0; i < json_array_size(containers) && i < LOGS; i++) {
		const json_t *c = json_array_get(containers, i);
		json_t *text = sandbox_fact_log(
		    w->sandbox, json_get_str(c, "id", ""), LOG_MAX, NULL);

		put(all, json_get_str(c, "name", ""), text);
	}
	return all;
}

json_t *
check_world_scene(struct check_world *w, const char *cwd)
{
	json_t *scene = json_object();

	put(scene, "containers", sandbox_fact_containers(w->sandbox, NULL));
	put(scene, "images", sandbox_fact_images(w->sandbox, NULL));
	put(scene, "wheels", sandbox_fact_wheels(w->sandbox));
	put(scene, "debs", sandbox_fact_debs(w->sandbox));
	put(scene, "logs", logs(w, json_object_get(scene, "containers")));
	add_files(w, cwd, scene);
	return scene;
}
