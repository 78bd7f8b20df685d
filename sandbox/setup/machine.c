/*
 * machine.c - the files of this machine's apt, handed to sources.c as text
 */
#include "sandbox/setup/sources.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 20 };

static const char etc_apt[] = "/etc/apt";

/* Reads the file; empty text when that is not possible: apt skips such files too. */
static void
read_text(const char *folder, const char *name, struct buf *out)
{
	cleanup_free char *path = path_join(folder, name);

	buf_clear(out);
	if (fd_read_file(AT_FDCWD, path, out, NULL) < 0)
		buf_clear(out);
}

/* Names in a folder, sorted; none when it is missing. */
static void
list_folder(const char *folder, struct vec *names)
{
	cleanup_dir DIR *dir = opendir(folder);
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.')
			vec_add(names, e->d_name);
	vec_sort(names);
}

static void
read_sources(struct mirrors *m)
{
	static const char parts[] = "/etc/apt/sources.list.d";
	cleanup_buf struct buf text = BUF_INIT(FILE_MAX);
	cleanup_vec struct vec names = VEC_INIT;

	read_text(etc_apt, "sources.list", &text);
	sources_parse_list(text.s, m);
	list_folder(parts, &names);
	for (size_t i = 0; i < names.len; i++) {
		read_text(parts, names.v[i], &text);
		if (str_ends(names.v[i], ".list"))
			sources_parse_list(text.s, m);
		else if (str_ends(names.v[i], ".sources"))
			sources_parse_deb822(text.s, m);
	}
}

int
mirrors_find(struct mirrors *m, struct err *err)
{
	const char *given = getenv("DRYDOCK_MIRROR");

	if (given != NULL && *given != '\0') {
		cleanup_vec struct vec bases = VEC_INIT;

		vec_split(&bases, given, " \t\n");
		for (size_t i = 0; i < bases.len; i++)
			mirrors_add_base(m, bases.v[i]);
		if (m->main.len == 0)
			return err_set(err, ERR_INPUT,
			    "DRYDOCK_MIRROR has no http, "
			    "https or file address: %.200s",
			    given);
	} else {
		read_sources(m);
		mirrors_add_neighbours(m);
	}
	if (m->main.len + m->security.len > 0)
		return 0;
	err_set(err, ERR_NOT_FOUND,
	    "this machine's apt configuration (/etc/apt) names no Debian mirror");
	return err_hint(err,
	    "set DRYDOCK_MIRROR to the address of a Debian mirror, the part before "
	    "/debian, and run drydock setup again");
}

char *
mirrors_proxy(void)
{
	static const char parts[] = "/etc/apt/apt.conf.d";
	cleanup_buf struct buf text = BUF_INIT(FILE_MAX);
	cleanup_vec struct vec names = VEC_INIT;
	char *proxy;

	if (getenv("http_proxy") != NULL)
		return NULL;
	read_text(etc_apt, "apt.conf", &text);
	proxy = sources_parse_proxy(text.s);
	list_folder(parts, &names);
	for (size_t i = 0; i < names.len && proxy == NULL; i++) {
		read_text(parts, names.v[i], &text);
		proxy = sources_parse_proxy(text.s);
	}
	return proxy;
}
