/*
 * listing.c - see listing.h
 */
#include "sandbox/setup/listing.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>

/* Names in a folder that end so; none when there is no such folder. */
static void
entries(int home, const char *folder, const char *end, struct vec *ret)
{
	int fd = openat(home, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.' && str_ends(e->d_name, end))
			vec_add(ret, e->d_name);
	vec_sort(ret);
}

/* "flask-3.1.1-py3-none-any.whl": the first two parts. */
static void
print_wheel(const char *file)
{
	size_t name = strcspn(file, "-");
	const char *version = file + name + (file[name] == '-');

	printf("  %.*s %.*s\n", (int)name, file, (int)strcspn(version, "-"), version);
}

static int
print_pool(int home, const char *suite, struct err *err)
{
	cleanup_free char *path = xasprintf("apt/%s/pool.json", suite);
	cleanup_json json_t *pool = json_read_file(home, path, err);
	cleanup_vec struct vec names = VEC_INIT;
	const json_t *packages = json_object_get(pool, "packages");
	const char *name;
	json_t *version;

	if (pool == NULL)
		return -1;
	json_object_foreach((json_t *)packages, name, version) vec_add(&names, name);
	vec_sort(&names);
	printf("apt, Debian %s:\n", suite);
	for (size_t i = 0; i < names.len; i++)
		printf("  %s %s\n", names.v[i], json_get_str(packages, names.v[i], ""));
	return 0;
}

int
listing_print(int home, struct err *err)
{
	cleanup_vec struct vec wheels = VEC_INIT, suites = VEC_INIT;

	entries(home, "wheels", ".whl", &wheels);
	entries(home, "apt", "", &suites);
	if (wheels.len == 0 && suites.len == 0)
		return err_set(err, ERR_NOT_FOUND, "nothing is set up for pip and apt");
	printf("pip:\n");
	for (size_t i = 0; i < wheels.len; i++)
		print_wheel(wheels.v[i]);
	for (size_t i = 0; i < suites.len; i++)
		if (print_pool(home, suites.v[i], err) < 0)
			return -1;
	return 0;
}
