import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.QuestionDef;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.instance.TreeElement;
import org.javarosa.core.model.instance.TreeReference;
import org.javarosa.core.services.IPropertyManager;
import org.javarosa.core.services.PropertyManager;
import org.javarosa.core.services.properties.IPropertyRules;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.model.xform.XFormSerializingVisitor;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.util.XFormAnswerDataParser;
import org.javarosa.xform.util.XFormUtils;

/**
 * Times JavaRosa for another process: one command a line on the standard input, one line back, times in nanoseconds.
 *
 * <pre>
 * load FORM          reads the form and begins a sheet                                   -> one time
 * set WALK           on a new sheet: stores each value, works out what follows           -> one time an answer
 * answer WALK        the same as an answer of a person: the constraint is looked at, too -> one time an answer
 * recalculate TIMES  works everything out anew, so many times                            -> one time each
 * sheet              what was answered, as XML in base64
 * </pre>
 *
 * A walk is a file of lines "reference, tab, value". Only what JavaRosa itself does is timed: not the reading of files
 * of answers, nor the looking up of references.
 */
public final class Bench {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private String path;
    private FormDef form;
    private final List<String[]> walk = new ArrayList<>();
    private String walkRead = "";

    public static void main(String[] arguments) throws Exception {
        PrintStream told = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        new XFormsModule().registerModule();
        PropertyManager.setPropertyManager(new NothingKnown());
        Bench bench = new Bench();
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ", 2);
            told.println(bench.run(words[0], words.length > 1 ? words[1] : ""));
        }
    }

    /** Processor time of this thread: whatever else the machine does is not counted, nor what Java tidies up beside. */
    private static long now() {
        return THREADS.getCurrentThreadCpuTime();
    }

    private String run(String command, String argument) throws Exception {
        switch (command) {
            case "load":
                path = argument;
                return String.valueOf(load());
            case "set":
                return answers(argument, false);
            case "answer":
                return answers(argument, true);
            case "recalculate":
                return recalculated(Integer.parseInt(argument));
            case "sheet":
                byte[] written = new XFormSerializingVisitor().serializeInstance(form.getInstance());
                return Base64.getEncoder().encodeToString(written);
            default:
                throw new IllegalArgumentException("unknown command " + command);
        }
    }

    private long load() throws Exception {
        long began = now();
        form = XFormUtils.getFormFromFormXml(path, null);
        form.initialize(true, new InstanceInitializationFactory());
        return now() - began;
    }

    private String answers(String file, boolean byPerson) throws Exception {
        read(file);
        load();
        FormEntryController controller = new FormEntryController(new FormEntryModel(form));
        Map<String, FormIndex> indices = byPerson ? indices(controller.getModel()) : Map.of();
        StringJoiner times = new StringJoiner(" ");
        for (String[] step : walk) {
            TreeElement element = resolve(step[0]);
            TreeReference reference = element.getRef();
            QuestionDef question = FormDef.findQuestionByRef(reference, form);
            IAnswerData data = step[1].isEmpty()
                    ? null
                    : XFormAnswerDataParser.getAnswerData(step[1], element.getDataType(), question);
            FormIndex index = indices.get(step[0]);
            long began = now();
            if (byPerson) {
                int status = controller.answerQuestion(index, data, true);
                if (status != FormEntryController.ANSWER_OK) {
                    throw new IllegalStateException(step[0] + " does not take " + step[1] + ": " + status);
                }
            } else {
                form.setValue(data, reference, true);
            }
            times.add(String.valueOf(now() - began));
        }
        return times.toString();
    }

    private String recalculated(int count) {
        StringJoiner times = new StringJoiner(" ");
        for (int turn = 0; turn < count; turn++) {
            long began = now();
            form.initialize(false, new InstanceInitializationFactory());
            times.add(String.valueOf(now() - began));
        }
        return times.toString();
    }

    private void read(String file) throws Exception {
        if (file.equals(walkRead)) {
            return;
        }
        walk.clear();
        for (String line : Files.readAllLines(new File(file).toPath(), StandardCharsets.UTF_8)) {
            walk.add(line.split("\t", 2));
        }
        walkRead = file;
    }

    /** Where each question stands among the pages; forms without repeats have each once. */
    private static Map<String, FormIndex> indices(FormEntryModel model) {
        Map<String, FormIndex> found = new HashMap<>();
        FormIndex index = model.incrementIndex(FormIndex.createBeginningOfFormIndex());
        while (!index.isEndOfFormIndex()) {
            if (model.getEvent(index) == FormEntryController.EVENT_QUESTION) {
                found.put(index.getReference().genericize().toString(false), index);
            }
            index = model.incrementIndex(index);
        }
        return found;
    }

    private TreeElement resolve(String reference) {
        String[] names = reference.substring(1).split("/");
        TreeElement at = form.getMainInstance().getRoot();
        for (int place = 1; place < names.length; place++) {
            String name = names[place];
            int bracket = name.indexOf('[');
            int instance = bracket < 0 ? 0 : Integer.parseInt(name.substring(bracket + 1, name.length() - 1)) - 1;
            name = bracket < 0 ? name : name.substring(0, bracket);
            at = at.getChild(name.substring(name.indexOf(':') + 1), instance);
        }
        return at;
    }

    /** A device that tells nothing about itself and its user. */
    private static final class NothingKnown implements IPropertyManager {
        @Override
        public List<String> getProperty(String name) {
            return List.of();
        }

        @Override
        public String getSingularProperty(String name) {
            return "";
        }

        @Override
        public void setProperty(String name, String value) {
            throw new UnsupportedOperationException(name);
        }

        @Override
        public void setProperty(String name, List<String> values) {
            throw new UnsupportedOperationException(name);
        }

        @Override
        public void addRules(IPropertyRules rules) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<IPropertyRules> getRules() {
            return List.of();
        }
    }
}
