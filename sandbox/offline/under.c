/*
 * under.c - the layer that lies under an image
 */
#include "sandbox/offline/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Raised when what such a layer holds changes: older ones are then left alone. */
enum { FORM = 3, ONLINE_MAX = 1 << 16 };

#define STRING(x) #x
#define STRING_OF(x) STRING(x)
#define SERVER "http://127.0.0.1:" STRING_OF(OFFLINE_PORT)

/* pip never asks another network.  No other setting: a student shall see the warnings
 * that a Docker user sees. */
static const char *const pip_confs[] = {
    [OFFLINE_FOLDERS] = "[global]\nno-index = true\nfind-links = " OFFLINE_WHEELS "\n",
    [OFFLINE_SERVED] = "[global]\nindex-url = " SERVER "/simple\n"};
/* A map of one id has no _apt for apt's downloads to run as; in all maps they run as
 * root, so that the results are the same. */
static const char apt_conf[] = "APT::Sandbox::User \"root\";\n";
/* What is in the image's own lists cannot be reached. */
static const char apt_list_conf[] = "Dir::Etc::sourcelist \"drydock.list\";\n"
				    "Dir::Etc::sourceparts \"/dev/null\";\n";

static const char apt_relay_conf[] = "Acquire::http::Proxy \"" SERVER "\";\n"
				     "Acquire::https::Proxy \"" SERVER "\";\n";

struct entry {
	const char *path;
	mode_t mode;
	const char *text; /* NULL: a folder */
};

static const struct entry mount_points[] = {
    {"dev", 0755, NULL},
    {"proc", 0555, NULL},
    {"sys", 0555, NULL},
    {"etc", 0755, NULL},
    {"etc/hosts", 0644, ""},
    {"etc/hostname", 0644, ""},
    {"etc/resolv.conf", 0644, ""},
};

/* Files belong to the map's root.  Real root gives them away; who is inside the map, or
 * is that user, owns what he makes (EINVAL: an id that the map does not have). */
static int
give_away(int fd, uid_t root)
{
	if (geteuid() != 0 || fchown(fd, root, root) == 0 || errno == EINVAL)
		return 0;
	return -1;
}

/* Opens what it made, with the wanted mode whatever the umask is. */
static int
make_entry(int dir, const struct entry *e, uid_t root, struct err *err)
{
	cleanup_fd int fd = -1;

	if (e->text == NULL && mkdirat(dir, e->path, 0755) < 0)
		return err_sys(err, "making %s", e->path);
	fd = e->text == NULL
		 ? openat(dir, e->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
		 : openat(dir, e->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(err, "making %s", e->path);
	if (e->text != NULL && fd_write_all(fd, e->text, strlen(e->text)) < 0)
		return err_sys(err, "writing %s", e->path);
	if (fchmod(fd, e->mode) < 0 || give_away(fd, root) < 0)
		return err_sys(err, "making %s", e->path);
	return 0;
}

static int
make_entries(int dir, const struct entry *entries, size_t n, uid_t root, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (make_entry(dir, &entries[i], root, err) < 0)
			return -1;
	return 0;
}

/* What `setup --online on` wrote down. */
static char *
online_text(const struct under_form *form, const char *name)
{
	cleanup_free char *path = xasprintf("online/%s", name);
	cleanup_buf struct buf b = BUF_INIT(ONLINE_MAX);

	return xstrdup(
	    fd_read_file(form->home, path, &b, NULL) == 0 && b.len > 0 ? b.s : "");
}

static char *
online_list(const struct under_form *form)
{
	cleanup_free char *name = xasprintf("%s.list", form->suite);

	return online_text(form, name);
}

static char *
pip_conf(const struct under_form *form)
{
	cleanup_free char *machine = NULL;

	if (form->way != OFFLINE_ONLINE)
		return xstrdup(pip_confs[form->way]);
	machine = online_text(form, "pip.conf");
	return xasprintf("%sproxy = " SERVER "\n", machine);
}

static char *
apt_list(const struct under_form *form)
{
	switch (form->way) {
	case OFFLINE_ONLINE: return online_list(form);
	case OFFLINE_SERVED:
		return xasprintf(
		    "deb [trusted=yes] " SERVER "/debian %s main\n", form->suite);
	default:
		return xasprintf(
		    "deb [trusted=yes] file:" OFFLINE_APT "/%s ./\n", form->suite);
	}
}

static int
make_apt(int dir, const struct under_form *form, uid_t root, struct err *err)
{
	bool has_list = form->suite[0] != '\0';
	cleanup_free char *conf =
	    xasprintf("%s%s%s", apt_conf, has_list ? apt_list_conf : "",
		form->way == OFFLINE_ONLINE ? apt_relay_conf : "");
	cleanup_free char *list = apt_list(form);
	const struct entry entries[] = {{"etc/apt", 0755, NULL},
	    {"etc/apt/apt.conf.d", 0755, NULL},
	    {"etc/apt/apt.conf.d/99drydock", 0644, conf},
	    {"etc/apt/drydock.list", 0644, list}};

	return make_entries(dir, entries, ARRAY_LEN(entries) - !has_list, root, err);
}

static int
fill(int layers_dir, const char *name, uid_t root, const struct under_form *form,
    struct err *err)
{
	cleanup_free char *conf = pip_conf(form);
	const struct entry pip = {"etc/pip.conf", 0644, conf};
	cleanup_fd int dir = -1;

	if (mkdirat(layers_dir, name, 0755) < 0)
		return err_sys(err, "making %s", name);
	dir = openat(layers_dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return err_sys(err, "opening %s", name);
	if (make_entries(dir, mount_points, ARRAY_LEN(mount_points), root, err) < 0 ||
	    (form->pip && make_entry(dir, &pip, root, err) < 0) ||
	    (form->apt && make_apt(dir, form, root, err) < 0))
		return -1;
	if (fchmod(dir, 0755) < 0 || give_away(dir, root) < 0)
		return err_sys(err, "making %s", name);
	return 0;
}

/* Online, the machine's settings are part of the form. */
static char *
way_name(const struct under_form *form)
{
	uint64_t sum = 0xcbf29ce484222325;

	if (form->way != OFFLINE_ONLINE)
		return xstrdup(form->way == OFFLINE_SERVED ? "-served" : "");
	cleanup_free char *pip = pip_conf(form), *list = online_list(form);
	cleanup_free char *all = xasprintf("%s%s", pip, list);
	for (const char *c = all; *c != '\0'; c++)
		sum = (sum ^ (unsigned char)*c) * 0x100000001b3;
	return xasprintf("-online-%016llx", (unsigned long long)sum);
}

char *
under_make(int layers_dir, uid_t root_uid, const struct under_form *form, struct err *err)
{
	cleanup_free char *unfinished = NULL;
	cleanup_free char *way = way_name(form);
	cleanup_free char *name =
	    xasprintf(".under-%d%s%s%s%s%s", FORM, way, form->pip ? "-pip" : "",
		form->apt ? "-apt" : "", form->suite[0] != '\0' ? "-" : "", form->suite);
	char random[17];

	if (faccessat(layers_dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return take_ptr(name);
	str_random_hex(random, 16);
	unfinished = xasprintf(".new-%s", random);
	if (fill(layers_dir, unfinished, root_uid, form, err) < 0) {
		fd_remove_tree(layers_dir, unfinished);
		err_while(err, "preparing the layer under images");
		return NULL;
	}
	if (renameat(layers_dir, unfinished, layers_dir, name) < 0) {
		bool other_was_faster = errno == EEXIST || errno == ENOTEMPTY;

		if (!other_was_faster)
			err_sys(err, "preparing the layer under images");
		fd_remove_tree(layers_dir, unfinished);
		return other_was_faster ? take_ptr(name) : NULL;
	}
	return take_ptr(name);
}
