/*
 * version.c - docker version
 *
 * The names say whose words we speak; "drydock" in them says who speaks.
 */
#include "sandbox/docker/command.h"
#include <sys/utsname.h>

#define API "1.49"

static json_t *
half(const char *release)
{
	struct utsname u = {.release = ""};

	uname(&u);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "Version", release,
	    "ApiVersion", API, "DefaultAPIVersion", API, "GitCommit", "drydock-" VERSION,
	    "Os", "linux", "Arch", docker_architecture(), "KernelVersion", u.release);
}

int
docker_print_formatted(const char *text, const json_t *data, const char *type)
{
	cleanup_template struct format_template *t = NULL;
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	struct err err = ERR_INIT;

	t = format_template_parse(str_eq(text, "json") ? "{{json .}}" : text, &err);
	if (t == NULL) {
		docker_failed(&err);
		return 64;
	}
	if (format_template_exec(t, FORMAT_STRUCTS, data, type, &out, &err) < 0)
		return docker_failed(&err);
	buf_addc(&out, '\n');
	return docker_print(&out);
}

int
docker_version(struct docker *d)
{
	const char *text = opts_str(&d->opts, "format");
	cleanup_json json_t *data = json_pack(
	    "{s:o, s:o}", "Client", half(DOCKER_RELEASE), "Server", half(DOCKER_ENGINE));
	const char *arch = json_get_str(json_object_get(data, "Client"), "Arch", "");

	if (text != NULL && text[0] != '\0')
		return docker_print_formatted(text, data, "system.versionInfo");
	printf("Client:\n"
	       " Version:           %s\n"
	       " API version:       %s\n"
	       " Git commit:        drydock-%s\n"
	       " OS/Arch:           linux/%s\n"
	       " Context:           default\n\n"
	       "Server: Drydock %s\n"
	       " Engine:\n"
	       "  Version:          %s\n"
	       "  API version:      %s (minimum version %s)\n"
	       "  Git commit:       drydock-%s\n"
	       "  OS/Arch:          linux/%s\n"
	       "  Experimental:     false\n",
	    DOCKER_RELEASE, API, VERSION, arch, VERSION, DOCKER_ENGINE, API, API, VERSION,
	    arch);
	return 0;
}
