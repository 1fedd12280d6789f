/* Reads Table 23 of an AX200 from a file, counts a summation up, and answers two partial reads from the octets. */
#include <inttypes.h>
#include <stdio.h>

#include "ax200.h"
#include "ax200_decade2_access.h"

/* What C12.18 calls a partial read by index: the octets of one element, found in a table that lies in ROM. */
static void answer_index_read(const uint8_t *image, const uint16_t *indices, size_t count)
{
    tdl_place place;
    if (tdl_find(ax200_CURRENT_REG_DATA_TBL_elements, indices, count, &place) == TDL_OK) {
        const tdl_element *const elements = ax200_CURRENT_REG_DATA_TBL_elements;
        uint32_t i;
        printf("one of %s, octets %" PRIu32 " and on:", elements[elements[place.element].around].name, place.offset);
        for (i = 0u; i < place.octets; i++) {
            printf(" %02X", (unsigned)image[place.offset + i]);
        }
        printf("\n");
    }
}

int main(int argc, char **argv)
{
    static uint8_t image[ax200_CURRENT_REG_DATA_TBL_SIZE + 1u];
    static ax200_CURRENT_REG_DATA_TBL registers;
    const uint16_t first_tier[] = {2u, 0u, 0u, 1u};
    tdl_error error = {TDL_OK, 0u, 0u};
    size_t size;
    FILE *const file = (argc == 2) ? fopen(argv[1], "rb") : NULL;

    if (file == NULL) {
        fprintf(stderr, "usage: c-meter ST23.bin\n");
        return 2;
    }
    size = fread(image, 1u, sizeof(image), file);
    (void)fclose(file);

    if (ax200_CURRENT_REG_DATA_TBL_decode(&registers, image, size, &error) != TDL_OK) {
        fprintf(stderr, "ST23: error %u at %s, octet %" PRIu32 "\n", (unsigned)error.code,
                ax200_CURRENT_REG_DATA_TBL_elements[error.element].name, error.offset);
        return 1;
    }
    printf("resets %u, first summation %" PRId32 "\n", (unsigned)registers.NBR_DEMAND_RESETS,
           registers.TOT_DATA_BLOCK.SUMMATIONS[0]);

    registers.TOT_DATA_BLOCK.SUMMATIONS[0] += 1;
    if (ax200_CURRENT_REG_DATA_TBL_encode(&registers, image, sizeof(image), &size, &error) != TDL_OK) {
        return 1;
    }
    printf("in the image %" PRId32 "\n", ax200_CURRENT_REG_DATA_TBL_get_TOT_DATA_BLOCK_SUMMATIONS(image, 0u));
    answer_index_read(image, first_tier, sizeof(first_tier) / sizeof(first_tier[0]));
    return 0;
}
