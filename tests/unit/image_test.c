/*
 * image_test.c - references, digests, configs, manifests
 */
#include "sandbox/base/base.h"
#include "sandbox/image/image.h"
#include "tests/unit/test.h"

#define HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define DIGEST "sha256:" HEX
#define DIGEST2 "sha256:df100e9aeec53c1ed3b039b133952845629be68cfd0a0cdba8a57ac529611098"

static void
splits_references(void)
{
	static const struct {
		const char *text, *canonical, *familiar, *name;
	} rows[] = {
	    {"python:3.9-slim", "docker.io/library/python:3.9-slim", "python:3.9-slim",
		"python"},
	    {"busybox", "docker.io/library/busybox", "busybox", "busybox"},
	    {"student/app", "docker.io/student/app", "student/app", "student/app"},
	    {"my--app", "docker.io/library/my--app", "my--app", "my--app"},
	    {"my_app:v1.0-rc.1", "docker.io/library/my_app:v1.0-rc.1", "my_app:v1.0-rc.1",
		"my_app"},
	    {"localhost:5000/student/app:1", "localhost:5000/student/app:1",
		"localhost:5000/student/app:1", "localhost:5000/student/app"},
	    {"localhost/app", "localhost/app", "localhost/app", "localhost/app"},
	    {"index.docker.io/busybox", "docker.io/library/busybox", "busybox",
		"busybox"},
	    {"docker.io/library/python", "docker.io/library/python", "python", "python"},
	    {"library/a/b", "docker.io/library/a/b", "library/a/b", "library/a/b"},
	    {"[::1]:5000/app", "[::1]:5000/app", "[::1]:5000/app", "[::1]:5000/app"},
	    {"Host/app", "Host/app", "Host/app", "Host/app"},
	    {"app:1@" DIGEST, "docker.io/library/app:1@" DIGEST, "app:1@" DIGEST, "app"},
	    {"localhost:5000", "docker.io/library/localhost:5000", "localhost:5000",
		"localhost"},
	    {"a.b/c__d/e-f.g:_x", "a.b/c__d/e-f.g:_x", "a.b/c__d/e-f.g:_x",
		"a.b/c__d/e-f.g"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
		cleanup_free char *canonical = NULL, *familiar = NULL, *name = NULL;
		struct err err = ERR_INIT;

		CHECK_INT(image_ref_parse(rows[i].text, &ref, &err), 0);
		canonical = image_ref_canonical(&ref);
		familiar = image_ref_familiar(&ref);
		name = image_ref_familiar_name(&ref);
		CHECK_STR(canonical, rows[i].canonical);
		CHECK_STR(familiar, rows[i].familiar);
		CHECK_STR(name, rows[i].name);
	}
}

static void
refuses_bad_references(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {"", "invalid reference format"},
	    {"my-app:", "invalid reference format"},
	    {"my app", "invalid reference format"},
	    {"-app", "invalid reference format"},
	    {"app-", "invalid reference format"},
	    {"a..b", "invalid reference format"},
	    {"a___b", "invalid reference format"},
	    {"a//b", "invalid reference format"},
	    {"/a", "invalid reference format"},
	    {"app:-1", "invalid reference format"},
	    {"app@sha256:abc", "invalid reference format"},
	    {"app@" DIGEST "0", "invalid checksum digest length"},
	    {"a b:5000/app", "invalid reference format"},
	    {"host:x/app", "invalid reference format"},
	    {"UPPER", "invalid reference format: repository name (library/UPPER) must be "
		      "lowercase"},
	    {"docker.io/student/App:1", "invalid reference format: repository name "
					"(student/App) must be lowercase"},
	    {HEX, "invalid repository name (" HEX
		  "), cannot specify 64-byte hexadecimal strings"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct image_ref ref = IMAGE_REF_INIT;
		struct err err = ERR_INIT;

		CHECK_INT(image_ref_parse(rows[i].text, &ref, &err), -1);
		CHECK_INT(err.kind, ERR_INPUT);
		CHECK_STR(err.text, rows[i].want);
		CHECK(ref.domain == NULL);
	}
}

static void
words_build_tags_as_buildx(void)
{
	struct image_ref ref = IMAGE_REF_INIT;
	struct err err = ERR_INIT;

	CHECK_INT(image_ref_parse_build("MyApp", &ref, &err), -1);
	CHECK_STR(err.text, "invalid tag \"MyApp\": repository name must be lowercase");
	CHECK_INT(image_ref_parse_build("my-app:", &ref, &err), -1);
	CHECK_STR(err.text, "invalid tag \"my-app:\": invalid reference format");
	CHECK_INT(image_ref_parse_build("my--app", &ref, &err), 0);
	CHECK_STR(ref.tag, "latest");
	image_ref_done(&ref);
}

static void
bounds_names(void)
{
	struct image_ref ref = IMAGE_REF_INIT;
	struct err err = ERR_INIT;
	char name[400], tag[200];

	memset(name, 'a', sizeof name);
	name[IMAGE_NAME_MAX - strlen("docker.io/library/")] = '\0';
	CHECK_INT(image_ref_parse(name, &ref, &err), 0);
	image_ref_done(&ref);
	name[strlen(name)] = 'a';
	name[300] = '\0';
	CHECK_INT(image_ref_parse(name, &ref, &err), -1);
	memset(tag, 't', sizeof tag);
	tag[128] = '\0';
	CHECK(image_is_tag(tag));
	tag[128] = 't';
	tag[129] = '\0';
	CHECK(!image_is_tag(tag));
}

static void
knows_digests(void)
{
	char id[IMAGE_ID_SHORT + 1];

	CHECK(image_is_digest(DIGEST));
	CHECK(!image_is_digest(HEX));
	CHECK(!image_is_digest(DIGEST "0"));
	CHECK(!image_is_digest("sha256:E3B0"));
	CHECK_STR(image_digest_hex(DIGEST), HEX);
	CHECK(image_digest_hex("sha256:12") == NULL);
	CHECK(image_is_id_prefix("e3b0"));
	CHECK(image_is_id_prefix("sha256:e3b0"));
	CHECK(!image_is_id_prefix(""));
	CHECK(!image_is_id_prefix("e3bx"));
	CHECK(!image_is_id_prefix(HEX "0"));
	image_short_id(DIGEST, id);
	CHECK_STR(id, "e3b0c44298fc");
	image_short_id("abc", id);
	CHECK_STR(id, "abc");
}

/* Every member once, in the order that BuildKit writes. */
static const char full_config[] =
    "{\"architecture\":\"amd64\",\"author\":\"me\",\"config\":{\"User\":\"app\","
    "\"ExposedPorts\":{\"443/tcp\":{},\"80/tcp\":{}},\"Env\":[\"PATH=/bin\",\"A=1\"],"
    "\"Entrypoint\":[\"/e\"],\"Cmd\":[\"python\",\"app.py\"],\"Volumes\":{\"/data\":{}},"
    "\"WorkingDir\":\"/"
    "app\",\"Labels\":{\"k-a\":\"v2\",\"k\":\"v\"},\"StopSignal\":\"SIGQUIT\","
    "\"ArgsEscaped\":true,\"Healthcheck\":{\"Test\":[\"CMD-SHELL\",\"true\"],"
    "\"Interval\":30000000000,\"Retries\":3},\"OnBuild\":[\"RUN "
    "x\"],\"Shell\":[\"/bin/bash\","
    "\"-c\"]},\"created\":\"2026-01-02T03:04:05.123456789Z\",\"history\":[{\"created\":"
    "\"2026-01-02T03:04:05Z\",\"created_by\":\"RUN a \\u0026\\u0026 b \\u003e c # "
    "buildkit\","
    "\"comment\":\"buildkit.dockerfile.v0\"},{\"created_by\":\"CMD [\\\"x\\\"]\","
    "\"author\":\"me\",\"empty_layer\":true}],\"os\":\"linux\",\"rootfs\":{\"type\":"
    "\"layers\","
    "\"diff_ids\":[\"" DIGEST "\"]},\"variant\":\"v8\"}";

static void
config_round_trip(void)
{
	cleanup_image_config struct image_config c = IMAGE_CONFIG_INIT,
						 copy = IMAGE_CONFIG_INIT;
	cleanup_free char *text = NULL;
	struct err err = ERR_INIT;
	size_t len;
	char *want = xstrdup(full_config);
	cleanup_free char *owned = want;
	char *labels = strstr(want, "\"k-a\"");

	CHECK_INT(image_config_decode(full_config, strlen(full_config), &c, &err), 0);
	CHECK_INT(c.created, 1767323045123456789LL);
	CHECK_INT(c.nhistory, 2);
	CHECK_STR(c.history[0].created_by, "RUN a && b > c # buildkit");
	CHECK(c.history[1].empty_layer);
	CHECK_INT(c.history[1].created, IMAGE_NO_TIME);
	CHECK_INT(c.health.interval, 30 * NS_PER_S);
	CHECK_STR(vec_env_get(&c.labels, "k"), "v");
	image_config_copy(&copy, &c);
	image_config_done(&c);
	text = image_config_encode(&copy, &len);
	/* Labels come out sorted by key: "k" before "k-a", whatever '=' and '-' compare
	 * as. */
	memcpy(
	    labels, "\"k\":\"v\",\"k-a\":\"v2\"", strlen("\"k\":\"v\",\"k-a\":\"v2\""));
	CHECK_STR(text, want);
	CHECK_INT(len, strlen(text));
}

static void
small_config(void)
{
	cleanup_image_config struct image_config c = IMAGE_CONFIG_INIT;
	cleanup_free char *text = NULL;
	size_t len;

	image_set(&c.architecture, "amd64");
	image_set(&c.os, "linux");
	vec_add(&c.exposed_ports, "80/tcp");
	vec_add(&c.exposed_ports, "443/tcp");
	vec_add(&c.env, "BAD=\xff\x1b");
	image_config_add_history(&c, 0, "FROM scratch", NULL, true);
	text = image_config_encode(&c, &len);
	CHECK_STR(text,
	    "{\"architecture\":\"amd64\",\"config\":{\"ExposedPorts\":{\"443/tcp\":{},"
	    "\"80/"
	    "tcp\":{}},\"Env\":[\"BAD=\xef\xbf\xbd\\u001b\"]},\"history\":[{\"created\":"
	    "\"1970-01-01T00:00:00Z\",\"created_by\":\"FROM "
	    "scratch\",\"empty_layer\":true}],"
	    "\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}");
}

static void
config_is_tolerant(void)
{
	static const char text[] =
	    "{\"id\":\"x\",\"docker_version\":\"1\",\"container_config\":{\"Cmd\":[1]},"
	    "\"config\":"
	    "{\"Cmd\":null,\"Labels\":null,\"Memory\":0,\"Entrypoint\":\"sh\",\"Env\":[]}"
	    ","
	    "\"created\":\"0001-01-01T00:00:00Z\",\"rootfs\":{\"type\":\"layers\"}}";
	cleanup_image_config struct image_config c = IMAGE_CONFIG_INIT;
	struct err err = ERR_INIT;

	CHECK_INT(image_config_decode(text, strlen(text), &c, &err), 0);
	CHECK_INT(c.created, IMAGE_NO_TIME);
	CHECK_INT(c.cmd.len, 0);
	CHECK_STR(c.entrypoint.v[0], "sh");
	CHECK(!c.health.set);
}

static void
config_refuses(void)
{
	static const struct {
		const char *json, *want;
	} rows[] = {
	    {"[]", "image config is not a JSON object"},
	    {"{\"os\":1}", "image config: member \"os\" is not a string"},
	    {"{\"config\":[]}", "image config: member \"config\" is not an object"},
	    {"{\"config\":{\"Env\":[1]}}",
		"image config: member \"Env\" is not a list of strings"},
	    {"{\"config\":{\"Labels\":{\"a\":1}}}",
		"image config: member \"Labels\" is not a map of strings"},
	    {"{\"created\":\"yesterday\"}",
		"image config: member \"created\" is not a time"},
	    {"{\"created\":\"-999-01-01T00:00:00Z\"}",
		"image config: member \"created\" is not a time"},
	    {"{\"created\":\"2026-01-02\"}",
		"image config: member \"created\" is not a time"},
	    {"{\"rootfs\":{\"diff_ids\":[\"sha256:1\"]}}",
		"image config: diff id 0 is no digest"},
	    {"{\"history\":[{}]}",
		"image config: too many non-empty layers in History section"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct image_config c = IMAGE_CONFIG_INIT;
		struct err err = ERR_INIT;

		CHECK_INT(
		    image_config_decode(rows[i].json, strlen(rows[i].json), &c, &err),
		    -1);
		CHECK_STR(err.text, rows[i].want);
		CHECK_INT(err.kind, ERR_CORRUPT);
	}
}

static void
inspects(void)
{
	cleanup_image_config struct image_config c = IMAGE_CONFIG_INIT;
	cleanup_vec struct vec tags = VEC_INIT;
	cleanup_json json_t *j = NULL;
	cleanup_free char *text = NULL;
	struct image_facts facts = {
	    .id = DIGEST, .tags = &tags, .size = 1983000, .last_tagged = IMAGE_NO_TIME};

	vec_add(&tags, "tpl:latest");
	image_set(&c.architecture, "amd64");
	image_set(&c.os, "linux");
	vec_add(&c.cmd, "sh");
	vec_add(&c.labels, "k1=v1");
	vec_add(&c.diff_ids, DIGEST2);
	image_config_add_history(&c, 0, "CMD", "buildkit.dockerfile.v0", true);
	j = image_inspect(&c, &facts);
	text = json_dumps(j, JSON_COMPACT);
	CHECK_STR(text,
	    "{\"Id\":\"" DIGEST
	    "\",\"RepoTags\":[\"tpl:latest\"],\"RepoDigests\":[],\"Parent\":\"\","
	    "\"Comment\":\"buildkit.dockerfile.v0\",\"Created\":\"0001-01-01T00:00:00Z\","
	    "\"DockerVersion\":\"\",\"Author\":\"\",\"Config\":{\"Hostname\":\"\","
	    "\"Domainname\":\"\",\"User\":\"\",\"AttachStdin\":false,\"AttachStdout\":"
	    "false,"
	    "\"AttachStderr\":false,\"Tty\":false,\"OpenStdin\":false,\"StdinOnce\":"
	    "false,"
	    "\"Env\":null,\"Cmd\":[\"sh\"],\"Image\":\"\",\"Volumes\":null,"
	    "\"WorkingDir\":\"\","
	    "\"Entrypoint\":null,\"OnBuild\":null,\"Labels\":{\"k1\":\"v1\"}},"
	    "\"Architecture\":\"amd64\",\"Os\":\"linux\",\"Size\":1983000,"
	    "\"GraphDriver\":{"
	    "\"Data\":null,\"Name\":\"overlay2\"},\"RootFS\":{\"Type\":\"layers\","
	    "\"Layers\":[\"" DIGEST2
	    "\"]},\"Metadata\":{\"LastTagTime\":\"0001-01-01T00:00:00Z\"}}");
}

static void
manifest_round_trip(void)
{
	cleanup_image_manifest struct image_manifest m = IMAGE_MANIFEST_INIT;
	cleanup_image_manifest struct image_manifest back = IMAGE_MANIFEST_INIT;
	cleanup_free char *oci = NULL, *docker = NULL;
	struct err err = ERR_INIT;
	size_t len;

	image_manifest_set_config(&m, IMAGE_TYPE_OCI_CONFIG, DIGEST, 12);
	image_manifest_add_layer(&m, IMAGE_TYPE_OCI_LAYER, DIGEST2, 34);
	oci = image_manifest_encode(&m, &len);
	CHECK_STR(oci, "{\"schemaVersion\":2,\"mediaType\":\"application/"
		       "vnd.oci.image.manifest.v1+json\","
		       "\"config\":{\"mediaType\":\"application/"
		       "vnd.oci.image.config.v1+json\",\"digest\":\"" DIGEST
		       "\",\"size\":12},\"layers\":[{\"mediaType\":"
		       "\"application/vnd.oci.image.layer.v1.tar\",\"digest\":\"" DIGEST2
		       "\",\"size\":34}]}");
	CHECK_INT(image_manifest_decode(oci, len, &back, &err), 0);
	CHECK_INT(back.nlayers, 1);
	CHECK_STR(back.layers[0].digest, DIGEST2);
	CHECK_INT(back.layers[0].size, 34);
	image_set(&m.media_type, IMAGE_TYPE_DOCKER_MANIFEST);
	image_set(&m.config.media_type, IMAGE_TYPE_DOCKER_CONFIG);
	image_set(&m.layers[0].media_type, IMAGE_TYPE_DOCKER_LAYER_GZIP);
	docker = image_manifest_encode(&m, &len);
	CHECK(str_starts(docker,
	    "{\n   \"schemaVersion\": 2,\n   \"mediaType\": "
	    "\"application/vnd.docker.distribution.manifest.v2+json\",\n"
	    "   \"config\": {\n      \"mediaType\": "));
	CHECK(strstr(
	    docker, "      \"size\": 12,\n      \"digest\": \"" DIGEST "\"\n   },\n"));
}

/* The transcript of a push says "size: 734" for two layers. */
static void
docker_manifest_size(void)
{
	cleanup_image_manifest struct image_manifest m = IMAGE_MANIFEST_INIT;
	cleanup_free char *text = NULL;
	size_t len;

	image_set(&m.media_type, IMAGE_TYPE_DOCKER_MANIFEST);
	image_manifest_set_config(&m, IMAGE_TYPE_DOCKER_CONFIG, DIGEST, 1012);
	image_manifest_add_layer(&m, IMAGE_TYPE_DOCKER_LAYER_GZIP, DIGEST, 983234);
	image_manifest_add_layer(&m, IMAGE_TYPE_DOCKER_LAYER_GZIP, DIGEST2, 113);
	text = image_manifest_encode(&m, &len);
	CHECK_INT(len, 734);
}

static void
manifest_refuses(void)
{
	static const struct {
		const char *json;
		enum err_kind kind;
	} rows[] = {
	    {"", ERR_CORRUPT},
	    {"{\"schemaVersion\":1}", ERR_UNSUPPORTED},
	    {"{}", ERR_CORRUPT},
	    {"{\"schemaVersion\":2,\"manifests\":[]}", ERR_UNSUPPORTED},
	    {"{\"schemaVersion\":2,\"layers\":[]}", ERR_CORRUPT},
	    {"{\"schemaVersion\":2,\"config\":{\"mediaType\":\"x\",\"digest\":\"sha256:"
	     "1\","
	     "\"size\":1},\"layers\":[]}",
		ERR_CORRUPT},
	    {"{\"schemaVersion\":2,\"config\":{\"mediaType\":\"x\",\"digest\":\"" DIGEST
	     "\","
	     "\"size\":-1},\"layers\":[]}",
		ERR_CORRUPT},
	    {"{\"schemaVersion\":2,\"mediaType\":\"text/plain\"}", ERR_UNSUPPORTED},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct image_manifest m = IMAGE_MANIFEST_INIT;
		struct err err = ERR_INIT;

		CHECK_INT(
		    image_manifest_decode(rows[i].json, strlen(rows[i].json), &m, &err),
		    -1);
		CHECK_INT(err.kind, rows[i].kind);
		CHECK(m.nlayers == 0 && m.media_type == NULL);
	}
}

static void
index_chooses(void)
{
	static const char text[] =
	    "{\"schemaVersion\":2,\"manifests\":["
	    "{\"mediaType\":\"m\",\"digest\":\"" DIGEST "\",\"size\":1,\"platform\":"
	    "{\"os\":\"unknown\",\"architecture\":\"unknown\"},\"annotations\":"
	    "{\"vnd.docker.reference.type\":\"attestation-manifest\"}},"
	    "{\"mediaType\":\"m\",\"digest\":\"" DIGEST "\",\"size\":2,\"platform\":"
	    "{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":\"v8\"}},"
	    "{\"mediaType\":\"m\",\"digest\":\"" DIGEST "\",\"size\":3,\"platform\":"
	    "{\"os\":\"linux\",\"architecture\":\"amd64\"},\"annotations\":"
	    "{\"org.opencontainers.image.ref.name\":\"latest\",\"io.containerd.image."
	    "name\":"
	    "\"docker.io/library/app:latest\"}}]}";
	cleanup_image_index struct image_index index = IMAGE_INDEX_INIT,
					       again = IMAGE_INDEX_INIT;
	cleanup_free char *encoded = NULL;
	const struct image_index_entry *e;
	struct err err = ERR_INIT;
	size_t len;

	CHECK_INT(image_index_decode(text, strlen(text), &index, &err), 0);
	CHECK_INT(index.nentries, 3);
	CHECK(index.entries[0].attestation);
	e = image_index_choose(&index, "linux", "amd64", NULL);
	CHECK(e != NULL && e->blob.size == 3);
	CHECK_STR(e->image_name, "docker.io/library/app:latest");
	e = image_index_choose(&index, "linux", "arm64", "v8");
	CHECK(e != NULL && e->blob.size == 2);
	CHECK(image_index_choose(&index, "linux", "arm64", "v7") == NULL);
	CHECK(image_index_choose(&index, "linux", "s390x", NULL) == NULL);
	image_index_add(&again, &index.entries[2]);
	encoded = image_index_encode(&again, &len);
	CHECK_STR(encoded,
	    "{\"schemaVersion\":2,\"mediaType\":\"application/"
	    "vnd.oci.image.index.v1+json\","
	    "\"manifests\":[{\"mediaType\":\"m\",\"digest\":\"" DIGEST "\",\"size\":3,"
	    "\"annotations\":{\"io.containerd.image.name\":\"docker.io/library/"
	    "app:latest\","
	    "\"org.opencontainers.image.ref.name\":\"latest\"},\"platform\":{"
	    "\"architecture\":"
	    "\"amd64\",\"os\":\"linux\"}}]}");
}

static void
archive_round_trip(void)
{
	static const char text[] =
	    "[{\"Config\":\"blobs/sha256/c\",\"RepoTags\":[\"app:latest\"],"
	    "\"Layers\":[\"blobs/sha256/l\"]}]";
	cleanup_image_archive struct image_archive a = IMAGE_ARCHIVE_INIT;
	cleanup_free char *out = NULL;
	struct err err = ERR_INIT;
	size_t len;

	CHECK_INT(image_archive_decode(text, strlen(text), &a, &err), 0);
	CHECK_INT(a.nentries, 1);
	CHECK_STR(a.entries[0].tags.v[0], "app:latest");
	out = image_archive_encode(&a, &len);
	CHECK_STR(out, text);
}

static void
archive_refuses(void)
{
	static const char *const rows[] = {
	    "{}",
	    "[1]",
	    "[{}]",
	    "[{\"Config\":\"../../etc/passwd\"}]",
	    "[{\"Config\":\"/etc/passwd\"}]",
	    "[{\"Config\":\"c\",\"Layers\":[\"a/../../b\"]}]",
	    "[{\"Config\":\"c\",\"RepoTags\":[\"UPPER:1\"]}]",
	    "[{\"Config\":\"c\",\"RepoTags\":[\"notag\"]}]",
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct image_archive a = IMAGE_ARCHIVE_INIT;
		struct err err = ERR_INIT;

		CHECK_INT(image_archive_decode(rows[i], strlen(rows[i]), &a, &err), -1);
		CHECK_INT(err.kind, ERR_CORRUPT);
		CHECK(a.nentries == 0);
	}
}

TEST_MAIN({"a reference is split, and shown long and short", splits_references},
    {"a bad reference gets Docker's text", refuses_bad_references},
    {"docker build -t words its errors as buildx does", words_build_tags_as_buildx},
    {"names and tags have a greatest length", bounds_names},
    {"digests and ids are told from other text", knows_digests},
    {"a config keeps every member, in BuildKit's order", config_round_trip},
    {"a small config leaves empty members out", small_config},
    {"a config may have unknown and null members", config_is_tolerant},
    {"a config with wrong types is refused by name", config_refuses},
    {"image inspect has the members of engine 26.1 in order", inspects},
    {"a manifest is written and read again", manifest_round_trip},
    {"a Docker manifest of two layers has the bytes of the transcript",
	docker_manifest_size},
    {"a manifest that is not strict is refused", manifest_refuses},
    {"an index gives the manifest of a platform", index_chooses},
    {"manifest.json of docker save is written and read again", archive_round_trip},
    {"manifest.json that leaves its archive is refused", archive_refuses})
