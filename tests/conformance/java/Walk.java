import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.GroupDef;
import org.javarosa.core.model.IFormElement;
import org.javarosa.core.model.QuestionDef;
import org.javarosa.core.model.SelectChoice;
import org.javarosa.core.model.ValidateOutcome;
import org.javarosa.core.model.condition.EvaluationContext;
import org.javarosa.core.model.condition.IFunctionHandler;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.instance.TreeElement;
import org.javarosa.core.model.instance.TreeReference;
import org.javarosa.core.reference.PrefixedRootFactory;
import org.javarosa.core.reference.Reference;
import org.javarosa.core.reference.ReferenceManager;
import org.javarosa.core.services.PropertyManager;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.form.api.FormEntryPrompt;
import org.javarosa.model.xform.XFormSerializingVisitor;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.util.XFormAnswerDataParser;
import org.javarosa.xform.util.XFormUtils;
import org.javarosa.xpath.XPathParseTool;
import org.javarosa.xpath.expr.XPathFuncExpr;
import org.opendatakit.validate.StubPropertyManager;

/**
 * Fills forms in JavaRosa by chance and writes down, one JSON object a line, everything it showed on the way.
 *
 * <p>Arguments: the seed, how many walks a form, the file to write, then the forms. A walk goes through the form once
 * from begin to end and then back to questions here and there, gives other answers, takes answers and instances of
 * repeats away, and changes the language. After each step stands what changed in any field ({@code delta}); with each
 * question what was shown of it ({@code shown}), and what was taken away because its choice is offered no more
 * ({@code taken}). An answer that JavaRosa refuses has the code 1 (nothing where something
 * is required) or 2 (against the constraint, with the message).
 */
public final class Walk {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_QUESTIONS = 2_000;
    private static final int MOST_INSTANCES = 8;
    private static final int MOST_CHOICES = 60;

    private final FormDef form;
    private final FormEntryModel model;
    private final FormEntryController controller;
    private final Random random;
    private final ArrayNode steps;
    private final boolean restless;
    private final int bent;
    private final ObjectNode taken = JSON.createObjectNode();
    private ObjectNode known;
    private Map<String, String> values = new HashMap<>();
    private String answered = "";
    private int grown;

    private Walk(File file, Random random, ObjectNode told) throws Exception {
        this.random = random;
        form = XFormUtils.getFormFromFormXml(file.getAbsolutePath(), "");
        model = new FormEntryModel(form);
        controller = new FormEntryController(model);
        controller.addFunctionHandler(new Cell());
        form.initialize(true, new InstanceInitializationFactory());
        restless = changesByItself(form);
        if (form.getLocalizer() != null) {
            String[] languages = model.getLanguages();
            controller.setLanguage(languages[random.nextInt(languages.length)]);
            told.put("language", model.getLanguage());
        }
        bent = random.nextInt(3) * 40;
        told.put("property", new StubPropertyManager().getSingularProperty("deviceid"));
        settle();
        known = state();
        told.set("init", known);
        steps = told.putArray("steps");
    }

    public static void main(String[] given) throws Exception {
        PrintStream out = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream())); // JavaRosa talks to it
        new XFormsModule().registerModule();
        PropertyManager.setPropertyManager(new StubPropertyManager());
        long seed = Long.parseLong(given[0]);
        int walks = Integer.parseInt(given[1]);
        try (PrintWriter lines = new PrintWriter(Files.newBufferedWriter(Path.of(given[2])))) {
            for (int at = 3; at < given.length; at++) {
                File file = new File(given[at]).getAbsoluteFile();
                listsBeside(file.getParentFile());
                for (int walk = 1; walk <= walks; walk++) {
                    ObjectNode told = JSON.createObjectNode();
                    told.put("id", file.getName() + "@" + seed + "." + walk).put("form", file.getName());
                    try {
                        new Walk(file, new Random(seed * 1_000_003L + file.getName().hashCode() + walk), told).go(told);
                    } catch (Exception failed) {
                        told.put("error", failed.toString());
                    }
                    lines.println(JSON.writeValueAsString(told));
                }
            }
        }
        out.println("walked " + (given.length - 3) + " forms " + walks + " times each, seed " + seed);
    }

    private void go(ObjectNode told) throws Exception {
        through();
        for (int again = 4 + random.nextInt(12); again > 0; again--) {
            back();
        }
        settle();
        ObjectNode prompts = told.putObject("prompts");
        for (FormIndex index : questions()) {
            prompts.set(ref(index), shown(model.getQuestionPrompt(index)));
        }
        form.postProcessInstance();
        told.put("final_xml", new String(new XFormSerializingVisitor().serializeInstance(form.getInstance()),
            StandardCharsets.UTF_8));
        ValidateOutcome outcome = form.validate();
        told.put("valid", outcome == null || outcome.outcome == FormEntryController.ANSWER_OK);
    }

    // Going

    /** Once from begin to end, answering nearly everything, adding instances now and then. */
    private void through() {
        controller.jumpToIndex(FormIndex.createBeginningOfFormIndex());
        int passed = 0;
        for (int event = controller.stepToNextEvent();
                event != FormEntryController.EVENT_END_OF_FORM && passed < MOST_QUESTIONS;
                event = controller.stepToNextEvent()) {
            FormIndex here = model.getFormIndex();
            if (event == FormEntryController.EVENT_QUESTION) {
                passed++;
                if (random.nextInt(15) > 0) {
                    answer(here);
                }
            } else if (event == FormEntryController.EVENT_PROMPT_NEW_REPEAT && random.nextInt(5) < 3) {
                grow(here);
            }
            controller.jumpToIndex(here);
        }
    }

    /** One more deed anywhere: another answer, none any more, an instance more or less, another language. */
    private void back() {
        int deed = random.nextInt(20);
        String[] languages = form.getLocalizer() == null ? new String[0] : model.getLanguages();
        if (deed == 0 && languages.length > 1) {
            String language = languages[random.nextInt(languages.length)];
            controller.setLanguage(language);
            tellAgain();
            step("set_language", "").put("lang", language);
            return;
        }
        if (deed <= 3) {
            List<FormIndex> places = places(deed == 1);
            if (!places.isEmpty()) {
                FormIndex place = places.get(random.nextInt(places.size()));
                if (deed == 1) {
                    shrink(place);
                } else {
                    grow(place);
                }
                return;
            }
        }
        List<FormIndex> questions = questions();
        if (questions.isEmpty()) {
            return;
        }
        FormIndex index = questions.get(random.nextInt(questions.size()));
        if (deed <= 6) {
            controller.jumpToIndex(index);
            if (!model.getQuestionPrompt(index).isReadOnly()) {
                give(index, "");
            }
        } else {
            answer(index);
        }
    }

    /** Tries answers until one is taken, wrong ones among them. */
    private void answer(FormIndex index) {
        controller.jumpToIndex(index);
        FormEntryPrompt prompt = model.getQuestionPrompt(index);
        if (prompt.isReadOnly()) {
            return;
        }
        for (String text : Answers.of(prompt, random, bent)) {
            if (give(index, text) == FormEntryController.ANSWER_OK) {
                return;
            }
        }
    }

    private int give(FormIndex index, String text) {
        FormEntryPrompt prompt = model.getQuestionPrompt(index);
        IAnswerData data;
        try {
            data = text.isEmpty() ? null
                : XFormAnswerDataParser.getAnswerData(text, prompt.getDataType(), prompt.getQuestion());
        } catch (RuntimeException unreadable) {
            return FormEntryController.ANSWER_CONSTRAINT_VIOLATED; // no value of its type: JavaRosa never sees it
        }
        String ref = ref(index);
        ObjectNode shown = shown(prompt);
        String message = prompt.getConstraintText(data);
        int code = controller.answerQuestion(index, data, true);
        answered = ref;
        settle();
        answered = "";
        ObjectNode step = step("answer", ref).put("value", text).put("code", code);
        step.set("shown", shown);
        if (code == FormEntryController.ANSWER_CONSTRAINT_VIOLATED && message != null) {
            step.put("msg", message);
        }
        return code;
    }

    private void grow(FormIndex place) {
        controller.jumpToIndex(place);
        if (grown >= MOST_INSTANCES) {
            return;
        }
        String ref = ref(place).replaceFirst("\\[\\d+]$", "");
        try {
            controller.newRepeat(place);
        } catch (RuntimeException refused) {
            return; // the form settles the number
        }
        grown++;
        settle();
        step("new_repeat", ref);
    }

    private void shrink(FormIndex place) {
        String ref = ref(place);
        controller.deleteRepeat(place);
        settle();
        step("remove_repeat", ref);
    }

    /**
     * Brings JavaRosa to rest: it makes counted instances when they are walked over but leaves those that are too many
     * by now, and takes an answer that is no longer offered away when its choices are asked for, without telling those
     * that read it.
     */
    private void settle() {
        for (int round = 0; restless && round < 5; round++) {
            boolean changed = trimmed();
            for (FormIndex index : questions()) {
                QuestionDef question = model.getQuestionPrompt(index).getQuestion();
                if (question.getDynamicChoices() == null) {
                    continue;
                }
                TreeReference place = index.getReference();
                String ref = ref(index);
                // Names of choices in calculations ask for choices, too: so the value before is that of the last step.
                String before = values.getOrDefault(ref, text(form.getMainInstance().resolveReference(place).getValue()));
                model.getQuestionPrompt(index).getSelectChoices();
                IAnswerData after = form.getMainInstance().resolveReference(place).getValue();
                if (!before.equals(text(after)) && !ref.equals(answered)) {
                    form.setValue(after, place, true);
                    taken.put(ref, text(after));
                    values.put(ref, text(after));
                    changed = true;
                }
            }
            if (!changed) {
                return;
            }
        }
    }

    private boolean trimmed() {
        boolean changed = false;
        List<FormIndex> instances = events(FormEntryController.EVENT_REPEAT);
        Collections.reverse(instances);
        for (FormIndex index : instances) {
            GroupDef repeat = (GroupDef) form.getChild(index);
            if (repeat.getCountReference() == null) {
                continue;
            }
            TreeReference place = index.getReference();
            TreeReference counting = repeat.getConextualizedCountReference(place);
            String count = text(form.getMainInstance().resolveReference(counting).getValue());
            double wanted = count.isEmpty() ? 0 : Double.parseDouble(count);
            if (place.getMultLast() >= wanted) {
                controller.deleteRepeat(index);
                changed = true;
            }
        }
        return changed;
    }

    /** JavaRosa works the names of choices in calculations out anew only when what they read is answered. */
    private void tellAgain() {
        for (FormIndex index : questions()) {
            TreeReference place = index.getReference();
            form.setValue(form.getMainInstance().resolveReference(place).getValue(), place, true);
        }
        settle();
    }

    private static boolean changesByItself(IFormElement element) {
        if (element instanceof GroupDef && ((GroupDef) element).getCountReference() != null) {
            return true;
        }
        if (element instanceof QuestionDef) {
            return ((QuestionDef) element).getDynamicChoices() != null;
        }
        return element.getChildren() != null && element.getChildren().stream().anyMatch(Walk::changesByItself);
    }

    // Telling

    private ObjectNode step(String op, String ref) {
        ObjectNode now = state();
        ObjectNode step = steps.addObject().put("op", op).put("ref", ref);
        ObjectNode delta = step.putObject("delta");
        ObjectNode set = delta.putObject("set");
        now.fields().forEachRemaining(each -> {
            if (!each.getValue().equals(known.get(each.getKey()))) {
                set.set(each.getKey(), each.getValue());
            }
        });
        ArrayNode gone = delta.putArray("del");
        known.fieldNames().forEachRemaining(each -> {
            if (!now.has(each)) {
                gone.add(each);
            }
        });
        known = now;
        values = new HashMap<>();
        known.fields().forEachRemaining(each -> values.put(each.getKey(), each.getValue().path("v").asText()));
        if (!taken.isEmpty()) {
            step.set("taken", taken.deepCopy());
            taken.removeAll();
        }
        return step;
    }

    private ObjectNode state() {
        ObjectNode told = JSON.createObjectNode();
        TreeElement root = form.getMainInstance().getRoot();
        below(root, "/" + root.getName(), told);
        return told;
    }

    private void below(TreeElement element, String path, ObjectNode told) {
        for (int at = 0; at < element.getNumChildren(); at++) {
            TreeElement child = element.getChildAt(at);
            if (child.getMult() == TreeReference.INDEX_TEMPLATE) {
                continue;
            }
            String ref = path + "/" + name(child);
            ObjectNode state = told.putObject(ref);
            if (child.getNumChildren() == 0) {
                state.put("v", text(child.getValue()));
            }
            state.put("rel", child.isRelevant()).put("ro", !child.isEnabled()).put("req", child.isRequired());
            below(child, ref, told);
        }
    }

    private ObjectNode shown(FormEntryPrompt prompt) {
        ObjectNode told = JSON.createObjectNode();
        told.put("lab", prompt.getLongText());
        told.put("hint", prompt.getHelpText());
        List<SelectChoice> choices = prompt.getSelectChoices();
        if (choices != null) {
            ArrayNode offered = told.putArray("opts");
            for (SelectChoice choice : choices.subList(0, Math.min(MOST_CHOICES, choices.size()))) {
                offered.addArray().add(choice.getValue()).add(prompt.getSelectChoiceText(choice));
            }
        }
        return told;
    }

    private String ref(FormIndex index) {
        TreeReference reference = index.getReference();
        StringBuilder path = new StringBuilder();
        for (int depth = 0; depth < reference.size(); depth++) {
            TreeElement element = form.getMainInstance().resolveReference(reference.getSubReference(depth));
            boolean counts = element != null ? element.isRepeatable() : depth == reference.size() - 1;
            path.append('/').append(reference.getName(depth));
            path.append(counts ? "[" + (reference.getMultiplicity(depth) + 1) + "]" : "");
        }
        return path.toString();
    }

    private static String name(TreeElement element) {
        return element.getName() + (element.isRepeatable() ? "[" + (element.getMult() + 1) + "]" : "");
    }

    private static String text(IAnswerData data) {
        return data == null ? "" : data.uncast().getString();
    }

    // Finding

    private List<FormIndex> questions() {
        return events(FormEntryController.EVENT_QUESTION);
    }

    private List<FormIndex> places(boolean filled) {
        return events(filled ? FormEntryController.EVENT_REPEAT : FormEntryController.EVENT_PROMPT_NEW_REPEAT).stream()
            .filter(index -> !filled || ((GroupDef) form.getChild(index)).getCountReference() == null)
            .filter(index -> !filled || !((GroupDef) form.getChild(index)).noAddRemove)
            .toList();
    }

    private List<FormIndex> events(int wanted) {
        List<FormIndex> found = new ArrayList<>();
        controller.jumpToIndex(FormIndex.createBeginningOfFormIndex());
        int event = controller.stepToNextEvent();
        for (int guard = 0; event != FormEntryController.EVENT_END_OF_FORM && guard < 2 * MOST_QUESTIONS; guard++) {
            if (event == wanted) {
                found.add(model.getFormIndex());
            }
            event = controller.stepToNextEvent();
        }
        return found;
    }

    // Lists beside a form

    private static void listsBeside(File folder) {
        ReferenceManager manager = ReferenceManager.instance();
        manager.reset();
        manager.addReferenceFactory(new PrefixedRootFactory(new String[] {"file/", "file-csv/", "images/", "audio/"}) {
            @Override
            protected Reference factory(String terminal, String uri) {
                return new Beside(new File(folder, terminal), uri);
            }
        });
    }

    /** A file in the folder of the form. */
    private static final class Beside implements Reference {
        private final File file;
        private final String uri;

        private Beside(File file, String uri) {
            this.file = file;
            this.uri = uri;
        }

        @Override
        public boolean doesBinaryExist() {
            return file.exists();
        }

        @Override
        public InputStream getStream() throws IOException {
            return file.exists() ? Files.newInputStream(file.toPath()) : new ByteArrayInputStream(new byte[0]);
        }

        @Override
        public String getURI() {
            return uri;
        }

        @Override
        public String getLocalURI() {
            return file.getAbsolutePath();
        }

        @Override
        public boolean isReadOnly() {
            return true;
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            throw new IOException("lists are only read");
        }

        @Override
        public void remove() throws IOException {
            throw new IOException("lists are only read");
        }

        @Override
        public Reference[] probeAlternativeReferences() {
            return new Reference[0];
        }
    }

    /** The function pulldata, which JavaRosa leaves to the program around it: here by JavaRosa's own paths. */
    private static final class Cell implements IFunctionHandler {
        @Override
        public String getName() {
            return "pulldata";
        }

        @Override
        public List<Class[]> getPrototypes() {
            return new ArrayList<>();
        }

        @Override
        public boolean rawArgs() {
            return true;
        }

        @Override
        public boolean realTime() {
            return false;
        }

        @Override
        public Object eval(Object[] given, EvaluationContext context) {
            String path = String.format("instance('%s')/root/item[%s=\"%s\"]/%s", text(given[0]), text(given[2]),
                text(given[3]), text(given[1]));
            try {
                Object found = XPathParseTool.parseXPath(path).eval(context.getMainInstance(), context);
                return XPathFuncExpr.toString(XPathFuncExpr.unpack(found));
            } catch (Exception unreadable) {
                throw new IllegalStateException(path, unreadable);
            }
        }

        private static String text(Object value) {
            return XPathFuncExpr.toString(XPathFuncExpr.unpack(value));
        }
    }
}
