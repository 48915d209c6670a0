/*
 * A card whose PACE is OpenPACE's (Debian's libeac), for a test only: openpace-card PORT CAN EF.CARDACCESS-IN-HEX
 * It connects to the virtual reader (vpcd) on 127.0.0.1, answers until that hangs up, and knows nothing of our own
 * code. After PACE its answers are under OpenPACE's secure messaging: SELECT of an application succeeds, all else is
 * 6A82.
 */
#include <arpa/inet.h>
#include <eac/eac.h>
#include <eac/pace.h>
#include <openssl/buffer.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const uint8_t ATR[] = {0x3b, 0x81, 0x80, 0x01, 0x80, 0x80};
static uint8_t card_access[1024];
static size_t card_access_length;
static const char *can;

static EAC_CTX *context;
static PACE_SEC *secret;
static int step, secured;
static BUF_MEM *own_key, *other_key;

static void die(const char *what) {
  fprintf(stderr, "openpace-card: %s\n", what);
  exit(1);
}

static BUF_MEM *buffer(const uint8_t *bytes, size_t length) {
  BUF_MEM *made = BUF_MEM_new();
  if (!made || !BUF_MEM_grow(made, length)) die("no memory");
  memcpy(made->data, bytes, length);
  return made;
}

static void reset(void) {
  EAC_CTX_clear_free(context);
  PACE_SEC_clear_free(secret);
  BUF_MEM_free(own_key);
  BUF_MEM_free(other_key);
  own_key = other_key = NULL;
  step = secured = 0;
  context = EAC_CTX_new();
  secret = PACE_SEC_new(can, strlen(can), PACE_CAN);
  if (!context || !secret || !EAC_CTX_init_ef_cardaccess(card_access, card_access_length, context)) die("EF.CardAccess");
  context->tr_version = EAC_TR_VERSION_2_02;
}

/* 7C { 8x … }: the value of its only object. */
static BUF_MEM *value_of(const uint8_t *data, size_t length) {
  size_t at = 0;
  for (int level = 0; level < 2; level++) {
    if (at + 2 > length) return NULL;
    size_t size = data[at + 1], head = 2;
    if (size >= 0x80) {
      size_t count = size & 0x7f;
      if (count > 2 || at + 2 + count > length) return NULL;
      for (size = 0; head < 2 + count; head++) size = size << 8 | data[at + head];
    }
    at += head;
    if (size > length - at) return NULL;
    length = at + size;
    if (size == 0) return NULL;
  }
  return buffer(data + at, length - at);
}

static size_t put_length(uint8_t *to, size_t length) {
  if (length < 0x80) return to[0] = (uint8_t)length, 1;
  if (length < 0x100) return to[0] = 0x81, to[1] = (uint8_t)length, 2;
  return to[0] = 0x82, to[1] = (uint8_t)(length >> 8), to[2] = (uint8_t)length, 3;
}

static size_t put_status(uint8_t *answer, size_t at, unsigned status) {
  answer[at] = (uint8_t)(status >> 8);
  answer[at + 1] = (uint8_t)status;
  return at + 2;
}

static size_t dynamic_data(uint8_t *answer, uint8_t tag, BUF_MEM *value) {
  uint8_t inner[4];
  if (!value) return put_status(answer, 0, 0x6f00);
  inner[0] = tag;
  size_t head = 1 + put_length(inner + 1, value->length), at = 0;
  answer[at++] = 0x7c;
  at += put_length(answer + at, head + value->length);
  memcpy(answer + at, inner, head);
  memcpy(answer + at + head, value->data, value->length);
  return put_status(answer, at + head + value->length, 0x9000);
}

/* The four steps of ICAO 9303-11, 4.4. */
static size_t general_authenticate(const uint8_t *data, size_t length, uint8_t *answer) {
  BUF_MEM *given = value_of(data, length);
  size_t size = 0;
  switch (++step) {
    case 1:
      size = dynamic_data(answer, 0x80, PACE_STEP1_enc_nonce(context, secret));
      break;
    case 2: {
      BUF_MEM *mapping = PACE_STEP3A_generate_mapping_data(context);
      if (!mapping || !given || !PACE_STEP3A_map_generator(context, given)) return put_status(answer, 0, 0x6a80);
      size = dynamic_data(answer, 0x82, mapping);
      break;
    }
    case 3:
      own_key = PACE_STEP3B_generate_ephemeral_key(context);
      other_key = given;
      given = NULL;
      if (!own_key || !other_key || !PACE_STEP3B_compute_shared_secret(context, other_key) ||
          !PACE_STEP3C_derive_keys(context))
        return put_status(answer, 0, 0x6a80);
      size = dynamic_data(answer, 0x84, own_key);
      break;
    case 4: {
      BUF_MEM *token = PACE_STEP3D_compute_authentication_token(context, other_key);
      if (!token || !given || PACE_STEP3D_verify_authentication_token(context, given) != 1) {
        reset();
        return put_status(answer, 0, 0x6300);
      }
      size = dynamic_data(answer, 0x86, token);
      if (!EAC_CTX_set_encryption_ctx(context, EAC_ID_PACE)) die("secure messaging");
      secured = 1;
      break;
    }
    default:
      return put_status(answer, 0, 0x6985);
  }
  BUF_MEM_free(given);
  return size;
}

/* MAC of the command and of the answer, both by OpenPACE. Commands without data to read only: DO 87 is passed over. */
static size_t secured_answer(const uint8_t *command, size_t length, uint8_t *answer) {
  uint8_t covered[600];
  size_t body = length > 5 ? command[4] : 0;
  if (length < 5 + body || body < 10 || body > 255) return put_status(answer, 0, 0x6988);
  const uint8_t *data = command + 5, *mac = data + body - 8;
  size_t objects = body - 10;
  EAC_increment_ssc(context);
  BUF_MEM *header = EAC_add_iso_pad(context, buffer(command, 4));
  memcpy(covered, header->data, header->length);
  memcpy(covered + header->length, data, objects);
  BUF_MEM *whole = buffer(covered, header->length + objects);
  if (objects > 0) whole = EAC_add_iso_pad(context, whole);
  if (EAC_verify_authentication(context, whole, buffer(mac, 8)) != 1) {
    reset();
    return put_status(answer, 0, 0x6988);
  }
  unsigned status = command[1] == 0xa4 && command[2] == 0x04 ? 0x9000 : 0x6a82;
  const uint8_t report[] = {0x99, 0x02, (uint8_t)(status >> 8), (uint8_t)status};
  EAC_increment_ssc(context);
  BUF_MEM *sealed = EAC_authenticate(context, EAC_add_iso_pad(context, buffer(report, sizeof report)));
  if (!sealed || sealed->length != 8) die("EAC_authenticate");
  memcpy(answer, report, sizeof report);
  answer[4] = 0x8e;
  answer[5] = 8;
  memcpy(answer + 6, sealed->data, 8);
  return put_status(answer, 14, status);
}

static size_t respond(const uint8_t *command, size_t length, uint8_t *answer) {
  if (length < 4) return put_status(answer, 0, 0x6700);
  if (secured) return secured_answer(command, length, answer);
  size_t given = length > 5 ? command[4] : 0, data = 5;
  if (length > 7 && command[4] == 0) {
    /* Extended length: keys of classic groups need it. */
    given = (size_t)command[5] << 8 | command[6];
    data = 7;
  }
  if (given > 0 && data + given > length) return put_status(answer, 0, 0x6700);
  switch (command[1]) {
    case 0xa4:
      return put_status(answer, 0, given == 2 && command[5] == 0x01 && command[6] == 0x1c ? 0x9000 : 0x6d00);
    case 0xb0: {
      size_t offset = (size_t)command[2] << 8 | command[3], wanted = length == 5 && command[4] ? command[4] : 256;
      if (offset >= card_access_length) return put_status(answer, 0, 0x6b00);
      if (wanted > card_access_length - offset) wanted = card_access_length - offset;
      memcpy(answer, card_access + offset, wanted);
      return put_status(answer, wanted, 0x9000);
    }
    case 0x22:
      reset();
      return put_status(answer, 0, 0x9000);
    case 0x86:
      return general_authenticate(command + data, given, answer);
    default:
      return put_status(answer, 0, 0x6d00);
  }
}

static int transfer(int reader, uint8_t *bytes, size_t length, int out) {
  for (size_t at = 0; at < length;) {
    ssize_t moved = out ? write(reader, bytes + at, length - at) : read(reader, bytes + at, length - at);
    if (moved <= 0) return 0;
    at += (size_t)moved;
  }
  return 1;
}

int main(int count, char **arguments) {
  static uint8_t message[65536], answer[70000];
  if (count != 4) return 2;
  can = arguments[2];
  for (const char *hex = arguments[3]; hex[0] && hex[1] && card_access_length < sizeof card_access; hex += 2) {
    unsigned byte;
    if (sscanf(hex, "%2x", &byte) != 1) return 2;
    card_access[card_access_length++] = (uint8_t)byte;
  }
  EAC_init();
  reset();
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[1]))};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  int reader = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(reader, (struct sockaddr *)&address, sizeof address) != 0) die("no reader there");
  for (;;) {
    uint8_t head[2];
    if (!transfer(reader, head, 2, 0)) return 0;
    size_t length = (size_t)head[0] << 8 | head[1], size = 0;
    if (!transfer(reader, message, length, 0)) return 0;
    if (length == 1 && message[0] == 4) memcpy(answer + 2, ATR, size = sizeof ATR);
    else if (length == 1) reset();
    else size = respond(message, length, answer + 2);
    if (size == 0) continue;
    answer[0] = (uint8_t)(size >> 8);
    answer[1] = (uint8_t)size;
    if (!transfer(reader, answer, size + 2, 1)) return 0;
  }
}
