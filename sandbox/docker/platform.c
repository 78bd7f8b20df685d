/*
 * platform.c - --platform: images here are made for this machine
 */
#include "sandbox/docker/command.h"

static const char *
architecture_of(const char *platform)
{
	const char *slash = strchr(platform, '/');

	return slash != NULL ? slash + 1 : platform;
}

/* One machine has several names. */
static bool
is_ours(const char *arch)
{
	const char *own = docker_architecture();

	return str_eq(arch, own) || (str_eq(own, "amd64") && str_starts(arch, "x86")) ||
	       (str_eq(own, "arm64") &&
		   (str_eq(arch, "aarch64") || str_eq(arch, "arm64/v8")));
}

int
docker_check_platform(
    const char *platform, const char *image, const char *while_, struct err *err)
{
	static const char *const known[] = {"amd64", "x86_64", "x86-64", "arm64",
	    "aarch64", "arm64/v8", "386", "arm", "arm/v7", "arm/v6", "ppc64le", "s390x",
	    "riscv64", "linux"};
	const char *arch;
	size_t i = 0;

	if (platform == NULL || *platform == '\0' || str_eq(platform, "linux"))
		return 0;
	arch = architecture_of(platform);
	while (i < ARRAY_LEN(known) && !str_eq(known[i], arch))
		i++;
	if (i == ARRAY_LEN(known))
		return err_set(err, ERR_INPUT,
		    "%s: \"%s\": unknown operating system or architecture: invalid "
		    "argument",
		    while_, platform);
	if (is_ours(arch))
		return 0;
	return err_set(err, ERR_NOT_FOUND,
	    "image with reference %s was found but its platform (linux/%s) does not "
	    "match the specified platform (%s)",
	    image, docker_architecture(), platform);
}
