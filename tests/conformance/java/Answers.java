import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import org.javarosa.core.model.Constants;
import org.javarosa.core.model.RangeQuestion;
import org.javarosa.core.model.SelectChoice;
import org.javarosa.form.api.FormEntryPrompt;

/** What somebody may answer a question, the first wish first. */
final class Answers {
    private static final String[] WORDS = {
        "abc", "A1", "0", "7", "12345", "0512345678", "two words", "  spaced  ", "مكة المكرمة", "قال «نعم» & ذهب",
        "a<b>&\"c\"", "2026-01-31", "yes", "no",
    };
    private static final String[] DECIMALS = {"0.5", "1.5", "-2.25", "12", "100.25", "3.14159", "0", "1000000"};
    private static final int[] NUMBERS = {0, 1, 2, 3, 5, 10, 15, 18, 25, 60, 100, 1000, 2015, -1};
    private static final String[] DATES = {"2024-02-29", "2019-01-02", "1980-06-30", "2026-11-21", "2030-12-31"};

    private Answers() {
    }

    /** {@code bent}: in how many of a hundred questions the first choice is taken: it is often what opens the rest. */
    static List<String> of(FormEntryPrompt prompt, Random random, int bent) {
        List<String> found = new ArrayList<>();
        switch (prompt.getControlType()) {
            case Constants.CONTROL_SELECT_ONE:
                List<String> wishes = shuffled(prompt, random);
                if (!wishes.isEmpty() && random.nextInt(100) < bent) {
                    found.add(prompt.getSelectChoices().get(0).getValue());
                }
                wishes.stream().limit(4).forEach(found::add);
                break;
            case Constants.CONTROL_SELECT_MULTI:
                for (int tries = 0; tries < 3; tries++) {
                    List<String> chosen = shuffled(prompt, random);
                    if (!chosen.isEmpty()) {
                        int many = 1 + random.nextInt(Math.min(4, chosen.size()));
                        found.add(chosen.stream().limit(many).collect(Collectors.joining(" ")));
                    }
                }
                break;
            case Constants.CONTROL_RANK:
                found.add(String.join(" ", shuffled(prompt, random)));
                break;
            case Constants.CONTROL_TRIGGER:
                found.add("OK");
                break;
            case Constants.CONTROL_RANGE:
                found.add(onScale((RangeQuestion) prompt.getQuestion(), random));
                break;
            case Constants.CONTROL_INPUT:
                typed(prompt.getDataType(), random, found);
                break;
            default:
                found.add("piece" + random.nextInt(100) + ".jpg");
        }
        found.removeIf(String::isEmpty);
        return found;
    }

    private static List<String> shuffled(FormEntryPrompt prompt, Random random) {
        List<SelectChoice> choices = prompt.getSelectChoices();
        List<String> values = new ArrayList<>();
        if (choices != null) {
            choices.forEach(choice -> values.add(choice.getValue()));
        }
        Collections.shuffle(values, random);
        return values;
    }

    private static String onScale(RangeQuestion range, Random random) {
        BigDecimal start = range.getRangeStart();
        BigDecimal steps = range.getRangeEnd().subtract(start).abs().divideToIntegralValue(range.getRangeStep().abs());
        BigDecimal step = range.getRangeStep().abs().multiply(BigDecimal.valueOf(random.nextInt(steps.intValue() + 1)));
        BigDecimal value = range.getRangeEnd().compareTo(start) < 0 ? start.subtract(step) : start.add(step);
        return value.stripTrailingZeros().toPlainString();
    }

    private static void typed(int type, Random random, List<String> found) {
        for (int tries = 0; tries < 4; tries++) {
            switch (type) {
                case Constants.DATATYPE_INTEGER:
                case Constants.DATATYPE_LONG:
                    found.add(String.valueOf(random.nextBoolean() ? random.nextInt(90) : pick(random)));
                    break;
                case Constants.DATATYPE_DECIMAL:
                    found.add(DECIMALS[random.nextInt(DECIMALS.length)]);
                    break;
                case Constants.DATATYPE_DATE:
                    found.add(day(random));
                    break;
                case Constants.DATATYPE_TIME:
                    found.add(String.format("%02d:%02d:00.000-07:00", random.nextInt(24), random.nextInt(60)));
                    break;
                case Constants.DATATYPE_DATE_TIME:
                    found.add(String.format("%sT%02d:%02d:00.000-07:00", day(random), random.nextInt(24),
                        random.nextInt(60)));
                    break;
                case Constants.DATATYPE_GEOPOINT:
                    found.add(place(random));
                    break;
                case Constants.DATATYPE_GEOTRACE:
                    found.add(place(random) + "; " + place(random) + "; " + place(random));
                    break;
                case Constants.DATATYPE_GEOSHAPE:
                    String begin = place(random);
                    found.add(String.join("; ", begin, place(random), place(random), begin));
                    break;
                case Constants.DATATYPE_BARCODE:
                    found.add("62810" + random.nextInt(100_000));
                    break;
                default:
                    found.add(WORDS[random.nextInt(WORDS.length)]);
            }
        }
    }

    private static int pick(Random random) {
        return NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private static String day(Random random) {
        return random.nextInt(3) == 0 ? DATES[random.nextInt(DATES.length)]
            : String.format("%d-%02d-%02d", 1990 + random.nextInt(40), 1 + random.nextInt(12), 1 + random.nextInt(28));
    }

    private static String place(Random random) {
        return String.format(Locale.ROOT, "%.5f %.5f %d.0 %d.0", 21.4 + random.nextDouble() / 20,
            39.8 + random.nextDouble() / 20, random.nextInt(900), random.nextInt(20));
    }
}
